// What holding a response costs per request, without a network: a response with no socket is created and ended, unheld and
// held, in rounds that take turns. Run: npm run build && node packages/node/bench/hold-response.mjs
// It measures the built package: tsx names every closure as it is made, which costs ten times what is measured here.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { holdResponse } from '@sess/node';

const requests = 50_000;
const rounds = 15;

const request = Object.assign(new IncomingMessage(new Socket()), {
  method: 'GET',
  httpVersionMajor: 1,
  httpVersionMinor: 1,
});

const failed = (error) => {
  throw error;
};
const beforeEnd = () => undefined;
const reading = { vary: 'Cookie' };
const writing = { setCookie: `sid=${'x'.repeat(40)}; Path=/; HttpOnly`, vary: 'Cookie', noStore: true };

const untouched = { beforeHead: () => undefined, beforeEnd, failed };
const read = { beforeHead: () => reading, beforeEnd, failed };
const written = { beforeHead: () => writing, beforeEnd, failed };
const later = { beforeHead: () => Promise.resolve(undefined), beforeEnd, failed };

const end = (response) => {
  response.statusCode = 200;
  response.end('body');
};
const writeHead = (response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.end('body');
};
const hold = (hooks, answer) => (response) => {
  holdResponse(response, hooks);
  answer(response);
};
/** What the additions themselves cost Node, which serialises them: they are not the hold's doing. */
const set = (headers, answer) => (response) => {
  for (const [name, value] of headers) response.setHeader(name, value);
  answer(response);
};
const writtenHeaders = [
  ['Set-Cookie', [writing.setCookie]],
  ['Vary', 'Cookie'],
  ['Cache-Control', 'no-store'],
];

const groups = {
  'statusCode and end': [
    ['unheld', end],
    ['unheld, Vary', set([['Vary', 'Cookie']], end)],
    ['unheld, Set-Cookie, Vary, no-store', set(writtenHeaders, end)],
    ['held, nothing to add', hold(untouched, end)],
    ['held, Vary', hold(read, end)],
    ['held, Set-Cookie, Vary, no-store', hold(written, end)],
    ['held, nothing to add, later', hold(later, end)],
  ],
  'writeHead and end': [
    ['unheld', writeHead],
    ['held, nothing to add', hold(untouched, writeHead)],
    ['held, Set-Cookie, Vary, no-store', hold(written, writeHead)],
  ],
};

/** Nanoseconds of processor time for each answer. */
async function time(answer) {
  const start = process.cpuUsage();
  for (let i = 0; i < requests; i += 1) {
    answer(new ServerResponse(request));
    // Lets held answers go before there are many of them.
    if (i % 100 === 0) await undefined;
  }
  return (process.cpuUsage(start).user * 1000) / requests;
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const [title, scenarios] of Object.entries(groups)) {
  const times = scenarios.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, [, answer]] of scenarios.entries()) times[i].push(await time(answer));
  }
  console.log(`${title}: ns of processor time per response, median of ${rounds} rounds of ${requests}`);
  const base = median(times[0]);
  for (const [i, [name]] of scenarios.entries()) {
    const value = median(times[i]);
    console.log(
      `  ${name.padEnd(36)} ${value.toFixed(0).padStart(6)}${i === 0 ? '' : `  +${(value - base).toFixed(0)}`}`,
    );
  }
}
