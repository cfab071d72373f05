import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeWithProgram } from '@sess/test-support';
import { expect, it } from 'vitest';

const script = (server: string) => `
  import { countOn } from './bench/src/wire/section.js';
  console.log(JSON.stringify(await countOn('${server}')));
`;

/** Round trips and commands of each kind of request, of every contender on a server. Counted in a process of its own, as the benchmark does. */
async function count(server: string): Promise<unknown> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script(server)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const counted = JSON.parse(stdout) as Counted[];
  const show = ({ visits }: Counted) =>
    Object.entries(visits).map(([visit, { roundTrips, commands }]) => [
      visit,
      typeof commands === 'number' ? [roundTrips, commands] : [roundTrips, commands.join(' ')],
    ]);
  return Object.fromEntries(counted.map((each) => [each.name, Object.fromEntries(show(each))]));
}

interface Counted {
  readonly name: string;
  readonly visits: Readonly<Record<string, { readonly roundTrips: number; readonly commands: number | string[] }>>;
}

// A request that asks once more than it must costs everyone whose store is a network away, whether core, adapter or store is to blame.
describeWithProgram('Redis', 'a request makes Express and Redis say to each other', () => {
  it('what it must, and not what express-session with connect-redis has them say', async () => {
    expect(await count('Redis')).toEqual({
      Sess: {
        'no session': [0, ''],
        create: [1, 'EVALSHA'],
        read: [1, 'GET'],
        'read, a minute later': [2, 'GET EVALSHA'],
        write: [2, 'GET EVALSHA'],
        // The last asks whether the session that is logged in still lives: its cookie could replace that of a newer one.
        login: [5, 'GET EVALSHA EVALSHA EVALSHA GET'],
        'read, logged in': [1, 'GET'],
        'write, logged in': [2, 'GET EVALSHA'],
        logout: [3, 'GET EVALSHA EVALSHA'],
        'read, after the logout': [1, 'GET'],
      },
      'connect-redis': {
        'no session': [0, ''],
        create: [1, 'SET'],
        read: [2, 'GET EXPIRE'],
        'read, a minute later': [2, 'GET EXPIRE'],
        write: [2, 'GET SET'],
        login: [3, 'GET DEL SET'],
        'read, logged in': [2, 'GET EXPIRE'],
        'write, logged in': [2, 'GET SET'],
        logout: [2, 'GET DEL'],
        'read, after the logout': [1, 'GET'],
      },
    });
  });
});

describeWithProgram('PostgreSQL', 'a request makes Express and PostgreSQL say to each other', () => {
  it('what it must, and not what express-session with connect-pg-simple has them say', async () => {
    expect(await count('PostgreSQL')).toEqual({
      Sess: {
        'no session': [0, 0],
        create: [1, 1],
        read: [1, 1],
        'read, a minute later': [2, 2],
        write: [2, 2],
        login: [3, 3],
        'read, logged in': [1, 1],
        'write, logged in': [2, 2],
        logout: [2, 2],
        'read, after the logout': [1, 1],
      },
      'connect-pg-simple': {
        'no session': [0, 0],
        create: [1, 1],
        read: [2, 2],
        'read, a minute later': [2, 2],
        write: [2, 2],
        login: [3, 3],
        'read, logged in': [2, 2],
        'write, logged in': [2, 2],
        logout: [2, 2],
        'read, after the logout': [1, 1],
      },
    });
  });
});
