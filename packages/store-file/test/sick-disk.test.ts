import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { manualClock, type SessionRecord } from '@sess/core';
import { type FileStore, type FileStoreProblem, fileStore } from '@sess/store-file';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Layout } from '../src/layout.js';
import { type MountedDisk, mountDisk } from './mounted-disk.js';

const id = 'abcdefghjkmnpqrstvwx';
const clock = manualClock();
const record: SessionRecord = { id, version: 1, expiresAt: clock.now() + 1000, subject: 'annabel', body: 'body' };
const later = record.expiresAt + 1000;
const updated = { ...record, version: 2, body: 'x'.repeat(10_000) };

const probe = mountDisk(64);
probe?.remove();
const reason = 'this process may not mount a disk; run the tests as root on Linux';
if (probe === undefined) console.log(`skipped: full and read-only disks (${reason})`);

describe.skipIf(probe === undefined)('on a disk of its own', () => {
  let disk: MountedDisk;
  let store: FileStore;
  let problems: FileStoreProblem[];
  beforeEach(async () => {
    disk = mountDisk(256) as MountedDisk;
    problems = [];
    store = fileStore({
      directory: `${disk.directory}/sessions`,
      clock,
      onProblem: (problem) => problems.push(problem),
    });
    await store.create(record);
  });
  afterEach(() => disk.remove());

  function fill(): void {
    // The last block too.
    for (const size of [100_000, 4096]) {
      try {
        for (let n = 0; ; n++) writeFileSync(`${disk.directory}/filler-${size}-${n}`, 'x'.repeat(size));
      } catch {
        // Full.
      }
    }
  }

  test('that is full: writes that need room are an error that says so, and change nothing; the rest works', async () => {
    fill();
    const full = expect.objectContaining({ code: 'ENOSPC', path: expect.stringContaining(disk.directory) });

    expect(() => store.update(updated, 1)).toThrow(full);
    expect(() => store.update(updated, 1)).toThrow(/the disk is full\. Free some space, or move `directory`/);
    expect(() => store.create({ ...updated, id: 'othersession', version: 1 })).toThrow(full);
    expect(await store.read(id)).toEqual(record);
    expect(await store.read('othersession')).toBeUndefined();
    expect(await store.list('annabel')).toEqual([record]);
    expect(await store.touch(id, later)).toBe('touched');
    await store.destroy(id);
    expect(await store.read(id)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test('that was full: once there is room, all goes on', async () => {
    fill();
    expect(() => store.update(updated, 1)).toThrow(/ENOSPC/);
    rmSync(`${disk.directory}/filler-100000-0`);

    expect(await store.update(updated, 1)).toEqual({ outcome: 'updated' });
    expect(await store.list('annabel')).toEqual([updated]);
  });

  test('that is read-only: what is there can be read, every write is an error that says so', async () => {
    disk.setWritable(false);
    const readOnly = /EROFS\): the file system is read-only\. Mount it writable, or choose another `directory`/;

    expect(await store.read(id)).toEqual(record);
    expect(await store.list('annabel')).toEqual([record]);
    expect(() => store.create({ ...record, id: 'othersession' })).toThrow(readOnly);
    expect(() => store.update(updated, 1)).toThrow(readOnly);
    expect(() => store.update({ ...updated, subject: 'robert' }, 1)).toThrow(readOnly);
    expect(() => store.touch(id, later)).toThrow(readOnly);
    expect(() => store.destroy(id)).toThrow(readOnly);
    expect(() => fileStore({ directory: `${disk.directory}/new` })).toThrow(readOnly);
    // Opened again, it serves what is there.
    expect(await fileStore({ directory: `${disk.directory}/sessions`, clock }).read(id)).toEqual(record);
    // An expired record is gone even where it cannot be removed.
    const after = manualClock(later);
    expect(await fileStore({ directory: `${disk.directory}/sessions`, clock: after }).read(id)).toBeUndefined();
    // There was nothing to undo, and so nothing to report.
    expect(problems).toEqual([]);
    disk.setWritable(true);
    expect(await store.update(updated, 1)).toEqual({ outcome: 'updated' });
  });

  test('that is read-only: what a crash has left behind stops no list', async () => {
    const folderOf = (subject: string) => new Layout(`${disk.directory}/sessions`).subject(subject);
    writeFileSync(`${folderOf('annabel')}/${id}.0123456789abcdef-1`, '');
    mkdirSync(folderOf('robert'), { recursive: true });
    disk.setWritable(false);

    expect(await store.list('annabel')).toEqual([record]);
    expect(await store.list('robert')).toEqual([]);
    disk.setWritable(true);
    expect(await store.list('annabel')).toEqual([record]);
    expect(readdirSync(folderOf('annabel'))).toHaveLength(1);
  });

  test('that is unmounted: every call is an error, and no logout is lost or acknowledged in vain (D1)', async () => {
    const attach = disk.detach();
    const missing = expect.objectContaining({ code: 'ENOENT', path: `${disk.directory}/sessions/records` });

    expect(() => store.destroy(id)).toThrow(missing);
    expect(() => store.read(id)).toThrow(missing);
    expect(() => store.create({ ...record, id: 'othersession' })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(readdirSync(disk.directory)).toEqual([]);
    attach();
    expect(await store.read(id)).toEqual(record);
    await store.destroy(id);
    expect(await store.read(id)).toBeUndefined();
  });

  test('that was there before, as an image is before a container: its sessions end too (D1)', async () => {
    const short = { ...record, id: 'briefsession', expiresAt: clock.now() + 10 };
    for (const each of [{ ...record, id: 'othersession' }, short]) await store.create(each);
    disk.cover();

    expect(await store.read(id)).toEqual(record);
    expect(await store.touch(id, later)).toBe('touched');
    expect(await store.update({ ...updated, id: 'othersession' }, 1)).toEqual({ outcome: 'updated' });
    for (const each of [id, 'othersession']) {
      await store.destroy(each);
      expect(await store.read(each)).toBeUndefined();
    }
    expect(await store.list('annabel')).toEqual([short]);
    expect(await store.create(record)).toBe('created');
    await store.destroy(id);
    const after = fileStore({ directory: `${disk.directory}/sessions`, clock: manualClock(short.expiresAt) });
    expect(await after.sweep(10)).toBe(1);
    expect(await after.list('annabel')).toEqual([]);
    expect(problems).toEqual([]);
  });
});
