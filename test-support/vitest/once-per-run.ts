import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSkips } from '../skips.js';

/** Draws the seed of the run, and afterwards says which services' tests were skipped. Runs in vitest's own process. */
export default function setup(): () => void {
  const seed = process.env.FC_SEED ?? String(Math.floor(Math.random() * 0x7fff_ffff));
  const notes = mkdtempSync(join(tmpdir(), 'sess-run-'));
  const templates = mkdtempSync(join(tmpdir(), 'sess-run-'));
  // Workers inherit the environment.
  process.env.FC_SEED = seed;
  process.env.SESS_RUN_NOTES = notes;
  process.env.SESS_RUN_TEMPLATES = templates;
  console.log(`fast-check seed ${seed} (FC_SEED=${seed} repeats this run)`);

  return () => {
    for (const line of describeSkips(notes)) console.log(line);
    for (const folder of [notes, templates]) rmSync(folder, { recursive: true, force: true });
  };
}
