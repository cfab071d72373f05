import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeWithProgram } from '@sess/test-support';
import { expect, it } from 'vitest';
import { OwnPostgres } from './own-postgres.js';

// The example uses the default table, so it gets a server of its own.
describeWithProgram('PostgreSQL', 'the README', () => {
  it('shows an example that runs as it stands', async () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const example = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const server = await OwnPostgres.start();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', example],
      { cwd: fileURLToPath(new URL('../../..', import.meta.url)), env: { ...process.env, POSTGRES_URL: server.url } },
    );
    await server.stop();
    expect(stdout).toBe('1\n');
  });
});
