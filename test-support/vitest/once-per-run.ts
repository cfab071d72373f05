import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSkips } from '../skips.js';

/** Draws the seed of the run, and afterwards says which services' tests were skipped. Runs in vitest's own process. */
export default function setup(): () => void {
  const seed = process.env.FC_SEED ?? String(Math.floor(Math.random() * 0x7fff_ffff));
  const folder = mkdtempSync(join(tmpdir(), 'sess-run-'));
  // PostgreSQL does not run as root: the user it runs as must be able to reach its own folder.
  chmodSync(folder, 0o711);
  // Workers inherit the environment.
  process.env.FC_SEED = seed;
  for (const name of ['notes', 'templates', 'servers']) {
    mkdirSync(join(folder, name));
    process.env[`SESS_RUN_${name.toUpperCase()}`] = join(folder, name);
  }
  console.log(`fast-check seed ${seed} (FC_SEED=${seed} repeats this run)`);

  return () => {
    for (const line of describeSkips(join(folder, 'notes'))) console.log(line);
    // Servers that ended with their workers may be writing their last.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
}
