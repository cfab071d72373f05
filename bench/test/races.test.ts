import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('L1, D1, D2, D4: of 200 races over real requests none is lost, and express-session loses some', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/src/races.ts', '200'], {
    encoding: 'utf8',
  });

  expect(stdout).toMatch(/one of two writes lost\W+'0 of 200'\W+'200 of 200'/);
  // The script ends with 0 only if Sess has lost nothing in any race.
  expect(status).toBe(0);
});
