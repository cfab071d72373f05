/** The server under measurement, in a process of its own: listens, tells its port, and answers each `'cpu'` with the CPU time it has used, in µs. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExpressApp } from '../in-process/express-app.js';
import { httpContenders, type Places } from './contenders.js';

const [, , name = '', places = '{}'] = process.argv;
const contender = httpContenders.find((candidate) => candidate.name === name);
if (contender === undefined) throw new Error(`There is no contender ${name}.`);

const app = createExpressApp(await contender.create(JSON.parse(places) as Places), contender.verbs);
const server: Server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.on('disconnect', () => process.exit());
