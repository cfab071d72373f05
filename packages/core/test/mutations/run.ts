// Answers `npm run test:mutations`: breaks the core in every way on the list and sees that its tests notice. Words after `--` choose
// breaks whose invariant, file or description contains one of them; then the page of documentation is left as it is.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.js';
import { mutations } from './mutations.js';
import { Sandbox } from './sandbox.js';
import { describeMutations } from './table.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const wanted = process.argv.slice(2);
const workers = 2;

function isWanted({ invariant, file, breaks }: Mutation): boolean {
  return wanted.length === 0 || wanted.some((word) => `${invariant} ${file} ${breaks}`.includes(word));
}

/** Runs every test that is named, on sources that nobody has broken: one that is red anyway proves nothing. */
async function checkGreen(sandbox: Sandbox, chosen: readonly Mutation[]): Promise<readonly string[]> {
  const red: string[] = [];
  for (const file of new Set(chosen.map(({ test }) => test))) {
    const statuses = await sandbox.run(`packages/core/${file}`, '');
    if (statuses.includes('failed') || !statuses.includes('passed')) red.push(file);
  }
  return red;
}

async function work(sandbox: Sandbox, queue: Mutation[], failures: string[]): Promise<void> {
  for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
    const start = performance.now();
    const verdict = await sandbox.try(mutation);
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
    const line = `${verdict.padEnd(6)} ${seconds} s  ${mutation.invariant.padEnd(5)} ${mutation.breaks}`;
    console.log(line);
    if (verdict !== 'caught') failures.push(`${line}\n              by ${mutation.test}: ${mutation.name}`);
  }
}

const start = performance.now();
const chosen = mutations.filter(isWanted);
const sandboxes = Array.from({ length: workers }, () => new Sandbox(root));
const failures: string[] = [];
try {
  const [first] = sandboxes;
  const red = first === undefined ? [] : await checkGreen(first, chosen);
  failures.push(...red.map((file) => `red without any break: ${file}`));
  const queue = [...chosen];
  if (red.length === 0) await Promise.all(sandboxes.map((sandbox) => work(sandbox, queue, failures)));
} finally {
  for (const sandbox of sandboxes) sandbox.remove();
}

const minutes = ((performance.now() - start) / 60_000).toFixed(1);
console.log(`\n${chosen.length} breaks in ${minutes} min, ${failures.length} of them unnoticed`);
for (const failure of failures) console.log(failure);
if (failures.length === 0 && wanted.length === 0) {
  writeFileSync(new URL('../../../../docs/invariants.md', import.meta.url), describeMutations(mutations));
}
process.exitCode = failures.length === 0 ? 0 : 1;
