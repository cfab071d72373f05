// What `npm run test:long` runs: every property with many more runs than `npm test` gives it, and what that covered.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runs = process.env.FC_NUM_RUNS ?? '2000';
const folder = mkdtempSync(join(tmpdir(), 'sess-long-'));
const report = join(folder, 'report.json');
// A property that takes a second for its 100 runs needs minutes for these.
const args = ['vitest', 'run', '--testTimeout=1800000', '--typecheck.enabled=false', ...process.argv.slice(2)];

const { status } = spawnSync('npx', args, {
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, FC_NUM_RUNS: runs, SESS_TEST_REPORT: report },
});

try {
  const results = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`\nCovered, with ${runs} runs for a property that does not set its own number:`);
  for (const file of results.testResults) console.log(`  ${describeFile(file)}`);
} catch {
  console.log('\nvitest ended before it wrote a report.');
}
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);

function describeFile({ name, assertionResults, startTime, endTime }) {
  const passed = assertionResults.filter((test) => test.status === 'passed').length;
  const seconds = ((endTime - startTime) / 1000).toFixed(1);
  return `${name.slice(process.cwd().length + 1)}: ${passed} of ${assertionResults.length} tests passed in ${seconds} s`;
}
