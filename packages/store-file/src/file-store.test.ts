import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { isClosable } from '@sess/core';
import { type FileStore, fileStore } from '@sess/store-file';
import { describe, expect, test } from 'vitest';
import { Workplace } from '../test/workplace.js';
import { createRecord } from './create-record.js';
import { destroyRecord } from './destroy-record.js';
import { FileStoreError } from './errors.js';
import type { FileSystem } from './file-system.js';
import { Layout } from './layout.js';
import { nodeFileSystem } from './node-file-system.js';
import { prepareFolders } from './prepare-folders.js';
import { readRecord } from './read-record.js';
import { run, type Steps } from './steps.js';
import { touchRecord } from './touch-record.js';
import { updateRecord } from './update-record.js';

const hour = 3_600_000;
const id = 'abcdefghjkmnpqrstvwx';
const work = Workplace.use();

describe('the files', () => {
  test('can be found and read by eye', async () => {
    const record = work.record({ subject: 'annabel', body: '{"data":{"name":"John"}}' });
    await work.store.create(record);

    const folder = `records/04/${id}`;
    expect(
      work
        .content()
        .map((path) => path.replace(/[0-9a-f]{16}-\w+/, '<label>'))
        .sort(),
    ).toEqual([
      folder,
      `${folder}/<label>.0.record`,
      `${folder}/current.1.${record.expiresAt}.<label>.0`,
      'subjects/fa/annabel',
      `subjects/fa/annabel/${id}.<label>`,
    ]);
    const [head = '', body] = readFileSync(work.textOf(id), 'utf8').split('\n');
    expect(JSON.parse(head)).toMatchObject({ sess: 1, id, version: 1, subject: 'annabel' });
    expect(body).toBe(record.body);
  });

  test('are for their owner alone', async () => {
    await work.store.create(work.record({ subject: 'annabel' }));

    for (const path of work.content()) {
      const stat = lstatSync(`${work.directory}/${path}`);
      expect((stat.mode & 0o777).toString(8)).toBe(stat.isDirectory() ? '700' : '600');
    }
  });

  test('are gone when their sessions are', async () => {
    for (let n = 0; n < 20; n++) {
      await work.store.create(work.record({ id: `session${n}`, subject: 'annabel' }));
      await work.store.update(work.record({ id: `session${n}`, subject: 'robert', version: 2 }), 1);
    }
    for (let n = 0; n < 20; n++) await work.store.destroy(`session${n}`);

    expect(work.content()).toEqual([]);
  });

  test('a touch leaves the text of the record as it is', async () => {
    await work.store.create(work.record());
    const before = lstatSync(work.textOf(id), { bigint: true });
    await work.store.touch(id, work.clock.now() + 2 * hour);
    const after = lstatSync(work.textOf(id), { bigint: true });

    expect([after.ino, after.mtimeNs, after.ctimeNs]).toEqual([before.ino, before.mtimeNs, before.ctimeNs]);
  });

  test('can be moved to the trash by hand: the session is ended, and a sweep removes what is left of it', async () => {
    await work.store.create(work.record({ subject: 'annabel' }));
    await work.store.read(id);
    renameSync(work.folderOf(id), `${work.directory}/trash/${id}`);

    expect(await work.store.read(id)).toBeUndefined();
    expect(await work.store.update(work.record({ version: 2 }), 1)).toEqual({ outcome: 'gone' });
    expect(await work.store.list('annabel')).toEqual([]);
    await work.store.sweep(10);
    expect(work.content()).toEqual([]);
  });

  test('hostile ids and subjects stay inside the directory', async () => {
    const directory = `${work.directory}/deep/down/sessions`;
    const store = work.open({ directory });
    for (const hostile of [
      '../../../evil',
      '/etc/evil',
      'a\0b',
      'a\r\nb',
      '..',
      '.',
      'x'.repeat(100_000),
      'COM1',
      'ADMIN',
      'admin',
      'caf\u00e9',
      'cafe\u0301',
      '~',
    ]) {
      expect(await store.create(work.record({ id: hostile, subject: hostile }))).toBe('created');
      expect(await store.list(hostile)).toEqual([work.record({ id: hostile, subject: hostile })]);
    }

    expect(readdirSync(`${work.directory}/deep`)).toEqual(['down']);
    expect(readdirSync(`${work.directory}/deep/down`)).toEqual(['sessions']);
    expect(readdirSync(directory)).toEqual(['drafts', 'records', 'subjects', 'trash']);
    // No capitals that a file system could fold, and nothing that it could normalise.
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => !/^[0-9a-z/.-]+$/.test(name))).toEqual([]);
  });
});

test.each([
  [{ version: 1.5 }, /version is 1\.5/],
  [{ version: -1 }, /version is -1/],
  [{ expiresAt: Number.POSITIVE_INFINITY }, /expiresAt is Infinity/],
  [{ expiresAt: work.clock.now() + 0.5 }, /expiresAt is \d+\.5/],
])('%j is refused, because no file could be named after it', async (parts, message) => {
  await work.store.create(work.record({ id: 'othersession' }));
  const before = work.content();

  expect(() => work.store.create(work.record(parts))).toThrow(message);
  expect(() => work.store.update(work.record({ id: 'othersession', ...parts }), 1)).toThrow(message);
  expect(work.content()).toEqual(before);
});

describe('the costs', () => {
  test('reads, and with durability of process all calls but sweep, answer at once', () => {
    expect(work.store.create(work.record({ subject: 'annabel' }))).toBe('created');
    expect(work.store.read(id)).toEqual(work.record({ subject: 'annabel' }));
    expect(work.store.update(work.record({ version: 2 }), 1)).toEqual({ outcome: 'updated' });
    expect(work.store.touch(id, 0)).toBe('touched');
    expect(work.store.list('annabel')).toEqual([]);
    expect(work.store.destroy(id)).toBeUndefined();
    expect(work.open({ durability: 'power' }).read(id)).toBeUndefined();
  });

  test('a read is a look for a name and one file, once this process has seen the session', async () => {
    const { disk, calls } = watchCalls();
    await run(createRecord(disk, work.record({ subject: 'annabel' })));
    await run(readRecord(disk, id));
    calls.splice(0);

    await run(readRecord(disk, id));
    expect(calls.splice(0)).toEqual(['exists', 'read']);

    await run(touchRecord(disk, id, work.clock.now() + 2 * hour));
    await run(updateRecord(disk, work.record({ subject: 'annabel', version: 2 }), 1));
    calls.splice(0);
    await run(readRecord(disk, id));
    expect(calls.splice(0)).toEqual(['exists', 'read']);
  });

  test('a read of a session that another process has changed is a look for the whole folder more', async () => {
    const { disk, calls } = watchCalls();
    await work.store.create(work.record());
    await run(readRecord(disk, id));
    await work.store.update(work.record({ version: 2 }), 1);
    calls.splice(0);

    expect(await run(readRecord(disk, id))).toEqual(work.record({ version: 2 }));
    expect(calls.splice(0)).toEqual(['exists', 'list', 'read']);
    await work.store.destroy(id);
    expect(await run(readRecord(disk, id))).toBeUndefined();
    expect(await run(readRecord(disk, id))).toBeUndefined();
    // A folder that is not there may be one whose volume is not there.
    expect(calls.splice(0)).toEqual(['exists', 'list', 'kind', 'list', 'kind']);
  });

  test('an update reads the text that it replaces once, a touch none', async () => {
    const { disk, calls } = watchCalls();
    await work.store.create(work.record());

    await run(updateRecord(disk, work.record({ version: 2 }), 1));
    expect(calls.splice(0)).toEqual(['list', 'read', 'write', 'rename', 'unlink']);
    await run(touchRecord(disk, id, work.clock.now() + 2 * hour));
    expect(calls.splice(0)).toEqual(['list', 'rename']);
  });

  /** What operations work on, and the names of the calls they make there. */
  function watchCalls() {
    const calls: string[] = [];
    const watch = <A extends readonly unknown[], T>([name, act]: [string, (...args: A) => T]) => [
      name,
      (...args: A): T => {
        calls.push(name);
        return act(...args);
      },
    ];
    const fs = Object.fromEntries(Object.entries(nodeFileSystem).map(watch)) as FileSystem;
    return { disk: { ...work.disk, fs }, calls };
  }

  test('there is nothing to close', () => expect(isClosable(work.store)).toBe(false));

  test('a record lies in a folder that stays small, however often it is updated', async () => {
    await work.store.create(work.record());
    for (let version = 1; version < 50; version++)
      await work.store.update(work.record({ version: version + 1 }), version);

    expect(readdirSync(work.folderOf(id))).toHaveLength(2);
  });
});

describe('what the store did not write, or cannot read, is no session, is told, and stays', () => {
  async function expectNoSession(): Promise<void> {
    expect(await work.store.read(id)).toBeUndefined();
    expect(await work.store.update(work.record({ version: 2 }), 1)).toEqual({ outcome: 'gone' });
    expect(await work.store.create(work.record({ body: 'new' }))).toBe('exists');
    expect(await work.store.list('annabel')).toEqual([]);
    await work.store.sweep(10);
  }

  test.each([
    ['cut short', (path: string) => truncateSync(path, 20), /does not begin/],
    ['emptied', (path: string) => truncateSync(path, 0), /does not begin/],
    ['overwritten', (path: string) => writeFileSync(path, '<html>'), /does not begin/],
    ['of the future', (path: string) => writeFileSync(path, '{"sess":9}\n'), /format 9/],
    ['missing', (path: string) => rmSync(path), /missing/],
    [
      'of another record',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace(id, 'zzzzzzzzzzzzzzzzzzzz')),
      /not the one that its folder/,
    ],
    [
      'a symbolic link',
      (path: string) => {
        writeFileSync(`${work.directory}/elsewhere`, readFileSync(path));
        rmSync(path);
        symlinkSync(`${work.directory}/elsewhere`, path);
      },
      /no plain file/,
    ],
    [
      'a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
      /no plain file/,
    ],
  ])('a text that is %s (S5)', async (_, spoil, reason) => {
    await work.store.create(work.record({ subject: 'annabel' }));
    const path = work.textOf(id);
    spoil(path);
    const before = work.content();

    await expectNoSession();

    expect(work.content()).toEqual(before);
    expect(work.problems).toEqual([{ path, reason: expect.stringMatching(reason) }]);
  });

  test.each([
    ['a file', (path: string) => writeFileSync(path, 'mine')],
    ['a symbolic link to a folder with a record', (path: string) => symlinkSync(work.folderOf('othersession'), path)],
    ['a folder with something in it', (path: string) => mkdirSync(`${path}/mine`, { recursive: true })],
  ])('%s in the place of a record', async (_, plant) => {
    await work.store.create(work.record({ id: 'othersession' }));
    mkdirSync(dirname(work.folderOf(id)), { recursive: true });
    plant(work.folderOf(id));
    const before = work.content();

    await expectNoSession();
    await work.store.destroy(id);

    expect(await work.store.read('othersession')).toBeDefined();
    expect(work.content().filter((path) => !path.startsWith('trash/'))).toEqual(
      before.filter((path) => !path.includes(id) || !work.content().some((other) => other.startsWith('trash/'))),
    );
    expect(work.problems[0]?.reason).toBe('This is not a file of the session store');
  });

  test('a file beside the text of a record does no harm, and outlives the record', async () => {
    await work.store.create(work.record());
    writeFileSync(`${work.folderOf(id)}/notes.txt`, 'mine');

    expect(await work.store.read(id)).toEqual(work.record());
    await work.store.destroy(id);

    expect(work.content()).toEqual([
      expect.stringMatching(/^trash\//),
      expect.stringMatching(/^trash\/.*\/notes\.txt$/),
    ]);
    expect(work.problems).toEqual([expect.objectContaining({ path: expect.stringMatching(/notes\.txt$/) })]);
  });

  test('destroying a record that cannot be read removes it', async () => {
    await work.store.create(work.record());
    truncateSync(work.textOf(id), 0);

    await work.store.destroy(id);

    expect(work.content()).toEqual([]);
  });

  test('a folder of a subject that is a symbolic link is an error, and is not followed', async () => {
    mkdirSync(`${work.directory}/elsewhere`);
    mkdirSync(dirname(work.layout.subject('annabel')), { recursive: true });
    symlinkSync(`${work.directory}/elsewhere`, work.layout.subject('annabel'));

    expect(() => work.store.create(work.record({ subject: 'annabel' }))).toThrow(/needs a folder at .*annabel/);
    expect(() => work.store.list('annabel')).toThrow(/needs a folder at .*annabel/);
    expect(readdirSync(`${work.directory}/elsewhere`)).toEqual([]);
    expect(await work.store.read(id)).toBeUndefined();
  });
});

describe('the subject index', () => {
  test('a marker that was removed by hand comes back with the next update', async () => {
    await work.store.create(work.record({ subject: 'annabel' }));
    rmSync(work.layout.subject('annabel'), { recursive: true });
    expect(await work.store.list('annabel')).toEqual([]);

    const updated = work.record({ subject: 'annabel', version: 2 });
    await work.store.update(updated, 1);

    expect(await work.store.list('annabel')).toEqual([updated]);
  });

  test('a folder without markers, as a crash may leave it, is removed by the next list', async () => {
    mkdirSync(work.layout.subject('annabel'), { recursive: true });

    expect(await work.store.list('annabel')).toEqual([]);
    expect(work.content()).toEqual([]);
  });

  test('a stray marker is removed by the next list; a foreign file is told and stays', async () => {
    await work.store.create(work.record({ subject: 'annabel' }));
    const folder = work.layout.subject('annabel');
    writeFileSync(`${folder}/${id}.0123456789abcdef-1`, '');
    writeFileSync(`${folder}/notes.txt`, '');

    expect(await work.store.list('annabel')).toEqual([work.record({ subject: 'annabel' })]);

    expect(readdirSync(folder)).toEqual([expect.stringMatching(`^${id}\\.`), 'notes.txt']);
    expect(work.problems).toEqual([expect.objectContaining({ path: `${folder}/notes.txt` })]);
  });
});

describe('opening', () => {
  test('a directory is made, with those above it', () => {
    const directory = `${work.directory}/deep/down`;
    fileStore({ directory });

    expect(readdirSync(directory)).toEqual(['drafts', 'records', 'subjects', 'trash']);
  });

  test.each([
    ['the directory', ''],
    ['a folder in it', '/records'],
    ['a shard', '/records/00'],
  ])('a file in the place of %s is an error at once', (_, path) => {
    const directory = `${work.directory}/sessions`;
    mkdirSync(dirname(`${directory}${path}`), { recursive: true });
    writeFileSync(`${directory}${path}`, 'mine');

    expect(() => fileStore({ directory })).toThrow(expect.objectContaining({ name: 'FileStoreError' }));
  });

  test('a folder in it that is a symbolic link is an error at once', () => {
    mkdirSync(`${work.directory}/sessions`);
    symlinkSync(work.directory, `${work.directory}/sessions/records`);

    expect(() => fileStore({ directory: `${work.directory}/sessions` })).toThrow(/perhaps a symbolic link/);
  });

  test('the directory itself may be a symbolic link: where sessions are kept is for the administrator to say', async () => {
    mkdirSync(`${work.directory}/real`);
    symlinkSync(`${work.directory}/real`, `${work.directory}/link`);
    const store = fileStore({ directory: `${work.directory}/link`, clock: work.clock });

    expect(await store.create(work.record())).toBe('created');
    expect(existsSync(`${work.directory}/real/records/04/${id}`)).toBe(true);
  });

  test('a folder that cannot be made there is an error, not an endless search for the one above', () => {
    expect(() => fileStore({ directory: '/proc/sessions' })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

// A volume that is not mounted must not look like one without sessions: a logout would be acknowledged, and undone when it is back.
describe.each(['process', 'power'] as const)('a directory that goes away, durability: %s', (durability) => {
  const calls: Readonly<Record<string, (store: FileStore) => unknown>> = {
    create: (store) => store.create(work.record({ id: 'othersession', subject: 'annabel' })),
    'create expired': (store) => store.create(work.record({ id: 'othersession', expiresAt: work.clock.now() })),
    read: (store) => store.read(id),
    update: (store) => store.update(work.record({ version: 2 }), 1),
    touch: (store) => store.touch(id, work.clock.now() + 2 * hour),
    destroy: (store) => store.destroy(id),
    list: (store) => store.list('annabel'),
    sweep: (store) => store.sweep(10),
  };

  test.each([
    ['is gone', () => undefined],
    ['is empty, as the place of a volume is', () => mkdirSync(work.directory)],
  ])('and %s: every call is an error, nothing is made, and all is as before when it is back', async (_, leave) => {
    const store = work.open({ durability });
    const record = work.record({ subject: 'annabel' });
    await store.create(record);
    await store.read(id);
    renameSync(work.directory, `${work.directory}-away`);
    leave();

    for (const [name, call] of Object.entries(calls)) {
      await expect(async () => call(store), name).rejects.toMatchObject({
        name: 'FileStoreError',
        code: 'ENOENT',
        message: expect.stringMatching(/is not there.*its volume is not mounted/),
      });
    }

    expect(existsSync(work.directory) ? readdirSync(work.directory) : []).toEqual([]);
    rmSync(work.directory, { recursive: true, force: true });
    renameSync(`${work.directory}-away`, work.directory);
    expect(await store.read(id)).toEqual(record);
    expect(await store.list('annabel')).toEqual([record]);
    expect(work.problems).toEqual([]);
  });

  test.each([
    ['records', ['create', 'create expired', 'read', 'update', 'touch', 'destroy', 'list', 'sweep']],
    ['subjects', ['create', 'list']],
  ])('and only %s: what needs it is an error', async (folder, refused) => {
    const store = work.open({ durability });
    await store.create(work.record({ subject: 'annabel' }));
    rmSync(`${work.directory}/${folder}`, { recursive: true });

    const failed: string[] = [];
    for (const [name, call] of Object.entries(calls)) {
      await Promise.resolve()
        .then(() => call(store))
        .catch((error) => failed.push(name, ...(error.code === 'ENOENT' ? [] : [error.message])));
    }
    expect(failed).toEqual(refused);
    expect(existsSync(`${work.directory}/${folder}`)).toBe(false);
  });
});

test.each(['drafts', 'trash'])(
  'without %s, which holds nothing for long, all goes on, and it is made again',
  async (folder) => {
    const store = work.open();
    const record = work.record({ subject: 'annabel' });
    await store.create(record);
    rmSync(`${work.directory}/${folder}`, { recursive: true });
    await store.destroy(record.id);
    expect(await store.read(record.id)).toBeUndefined();
    expect(await store.create(record)).toBe('created');
    expect(await store.read(record.id)).toEqual(record);
    expect(existsSync(`${work.directory}/${folder}`)).toBe(true);
    expect(work.problems).toEqual([]);
  },
);

describe('durability', () => {
  const folder = `records/04/${id}`;

  /** What operations work on, and a way to run one and learn what it flushed. */
  function watchFlushes(other: Partial<FileSystem> = {}) {
    const flushed: string[] = [];
    const flush = (path: string) => {
      flushed.push(path.slice(work.directory.length + 1).replace(/[0-9a-f]{16}-\w+/g, '<label>'));
      return nodeFileSystem.flush(path);
    };
    const disk = { ...work.disk, fs: { ...nodeFileSystem, ...other, flush }, power: true };
    const flushesOf = async (steps: Steps<unknown>): Promise<string[]> => {
      await run(steps);
      return flushed.splice(0);
    };
    return { disk, flushesOf };
  }

  test('power: a write is acknowledged after its text, its folder and the folders above were flushed', async () => {
    const { disk, flushesOf } = watchFlushes();
    const text = `${folder}/<label>.<label>.record`;

    expect(await flushesOf(createRecord(disk, work.record()))).toEqual([
      'drafts/<label>/<label>.0.record',
      'drafts/<label>',
      'records/04',
      'records',
    ]);
    expect(await flushesOf(updateRecord(disk, work.record({ version: 2 }), 1))).toEqual([text, folder]);
    expect(await flushesOf(touchRecord(disk, id, work.clock.now() + 2 * hour))).toEqual([folder]);
    expect(await flushesOf(readRecord(disk, id))).toEqual([]);
    const login = work.record({ version: 3, subject: 'annabel' });
    const index = ['subjects/fa/annabel', 'subjects/fa/annabel/..', 'subjects'];
    expect(await flushesOf(updateRecord(disk, login, 2))).toEqual([text, ...index, folder]);
    expect(await flushesOf(destroyRecord(disk, id))).toEqual(['records/04']);
  });

  test('power: what somebody else has done, and not yet flushed, is acknowledged no earlier than what this call does', async () => {
    const { disk, flushesOf } = watchFlushes();
    await work.store.create(work.record());
    await work.store.touch(id, work.clock.now() + 2 * hour);
    expect(await flushesOf(touchRecord(disk, id, work.clock.now() + 2 * hour))).toEqual([folder]);

    await work.store.destroy(id);
    expect(await flushesOf(destroyRecord(disk, id))).toEqual(['records/04']);
  });

  test('power: a destroy on a disk too full to move the folder flushes where it has ended the session', async () => {
    const { disk, flushesOf } = watchFlushes({ rename: () => fail('ENOSPC') });
    await work.store.create(work.record());

    expect(await flushesOf(destroyRecord(disk, id))).toEqual([folder]);
    expect(await work.store.read(id)).toBeUndefined();
  });

  test('power: the folders of a new store are flushed before it is open, with those above that had to be made', () => {
    const flushed: string[] = [];
    const flushNow = (path: string) => {
      expect(existsSync(`${work.directory}/deep/down/trash`)).toBe(true);
      flushed.push(path);
    };
    const layout = new Layout(`${work.directory}/deep/down`);

    prepareFolders({ ...nodeFileSystem, flushNow }, layout, 'process');
    expect(flushed).toEqual([]);
    rmSync(`${work.directory}/deep`, { recursive: true });
    prepareFolders({ ...nodeFileSystem, flushNow }, layout, 'power');

    expect(flushed).toEqual([`${work.directory}/deep/down`, `${work.directory}/deep`, work.directory]);
  });

  test('power: the directory may be a symbolic link', () => {
    mkdirSync(`${work.directory}/real`);
    symlinkSync(`${work.directory}/real`, `${work.directory}/link`);

    expect(() => work.open({ directory: `${work.directory}/link`, durability: 'power' })).not.toThrow();
  });
});

test('a destroy that can neither move nor end the session is an error, not a silent failure (D1)', async () => {
  await work.store.create(work.record());
  const unlink = () => fail('EROFS');
  const disk = { ...work.disk, fs: { ...nodeFileSystem, rename: () => fail('ENOSPC'), unlink } };

  expect(() => run(destroyRecord(disk, id))).toThrow(expect.objectContaining({ code: 'EROFS' }));
});

function fail(code: string): never {
  throw new FileStoreError(code, '/', code);
}
