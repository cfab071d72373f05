import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

// npm keeps what follows the first `--` to itself where one script calls another.
it('npm run bench hands its options on', async () => {
  const running = promisify(execFile)('npm', ['run', 'bench', '--', '--only', 'nothing'], { cwd: root });
  await expect(running).rejects.toMatchObject({ stderr: expect.stringContaining('There is no part nothing.') });
});
