// What `npm start [-- <example>]` runs: builds what the example needs, then runs it.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const examples = readdirSync('examples').filter((name) => existsSync(`examples/${name}/package.json`));
const [name = 'tutorial', ...args] = process.argv.slice(2);

if (!examples.includes(name)) {
  console.error(`There is no example '${name}'. There are: ${examples.join(', ')}.`);
  process.exit(1);
}

// `...` leaves out the example itself: it runs from source. Caching makes the second start instant.
run('npx', ['turbo', 'run', 'build', `--filter=example-${name}^...`, '--concurrency=2', '--output-logs=errors-only']);
run('npm', ['start', '--silent', '--workspace', `example-${name}`, '--', ...args]);

function run(command, args) {
  // On Windows, npx and npm are scripts that only a shell can run.
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(signal === 'SIGINT' ? 0 : (status ?? 1));
}
