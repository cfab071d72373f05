// `npm run torture -w @sess/store-file`: see the README. `TORTURE_KILLS` and `TORTURE_SEED` change the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isClean, torture } from './torture.js';

const kills = Number(process.env.TORTURE_KILLS ?? 200);
const seed = Number(process.env.TORTURE_SEED ?? Date.now() % 1_000_000);
const processes = 4;
const directory = mkdtempSync(join(tmpdir(), 'sess-torture-'));
const began = performance.now();

console.log(`${processes} processes work on ${directory}; ${kills} are killed (seed ${seed}).`);
const report = await torture({
  directory,
  kills,
  processes,
  seed,
  checkEvery: 25,
  onCheck: (done, { acknowledged, destroyed }) =>
    console.log(`${done} kills: ${acknowledged} writes acknowledged, ${destroyed} of them destroys`),
});

const seconds = ((performance.now() - began) / 1000).toFixed(0);
const count = (what: readonly string[], name: string): string => `${what.length} ${name}`;
console.log(
  `${report.kills} kills in ${seconds} s: ${count(report.unreadable, 'unreadable')}, ` +
    `${count(report.lost, 'acknowledged writes lost')}, ${count(report.revived, 'destroyed sessions back')}, ` +
    `${count(report.unlisted, 'sessions missing from their list')}`,
);
if (isClean(report)) {
  rmSync(directory, { recursive: true });
} else {
  console.log(JSON.stringify(report, undefined, 2));
  console.log(`The files are in ${directory}.`);
  process.exitCode = 1;
}
