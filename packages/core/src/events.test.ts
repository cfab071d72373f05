import { describe, expect, test } from 'vitest';
import { EventHub, eventNames } from './events.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('EventHub', () => {
  test('tells every listener of an event, in the order they came, and nobody else', () => {
    const hub = new EventHub();
    const told: unknown[] = [];
    hub.on('touched', (event) => told.push(['first', event]));
    hub.on('touched', (event) => told.push(['second', event]));
    hub.on('rotated', () => told.push('not this one'));
    hub.emit('touched', { id: 'i', expiresAt: 7 });
    expect(told).toEqual([
      ['first', { id: 'i', expiresAt: 7 }],
      ['second', { id: 'i', expiresAt: 7 }],
    ]);
  });

  test('a function that listens twice is told twice, and stops once', () => {
    const hub = new EventHub();
    let calls = 0;
    const listener = () => calls++;
    const stop = hub.on('rotated', listener);
    hub.on('rotated', listener);
    hub.emit('rotated', { id: 'i' });
    expect(calls).toBe(2);
    stop();
    stop();
    hub.emit('rotated', { id: 'i' });
    expect(calls).toBe(3);
  });

  test('stops when told to', () => {
    const hub = new EventHub();
    let calls = 0;
    const listener = () => calls++;
    const stop = hub.on('rotated', listener);
    expect(hub.has('rotated')).toBe(true);
    stop();
    stop();
    hub.emit('rotated', { id: 'i' });
    expect(calls).toBe(0);
    expect(hub.has('rotated')).toBe(false);
  });

  test('an event under way reaches those who listened when it began', () => {
    const hub = new EventHub();
    const told: string[] = [];
    const stopFirst = hub.on('rotated', () => {
      stopFirst();
      stopSecond();
      hub.on('rotated', () => told.push('late'));
      told.push('first');
    });
    const stopSecond = hub.on('rotated', () => told.push('second'));
    hub.emit('rotated', { id: 'i' });
    expect(told).toEqual(['first', 'second']);
    hub.emit('rotated', { id: 'i' });
    expect(told).toEqual(['first', 'second', 'late']);
  });

  test('a listener throws: the others are told, the emitter is not disturbed, and an error event says so', () => {
    const hub = new EventHub();
    const told: unknown[] = [];
    const failure = new Error('listener');
    hub.on('error', ({ error }) => told.push(error));
    hub.on('rotated', () => {
      throw failure;
    });
    hub.on('rotated', () => told.push('second'));
    expect(() => hub.emit('rotated', { id: 'i' })).not.toThrow();
    expect(told).toEqual([failure, 'second']);
  });

  test('a listener rejects: an error event says so, and the process is not told of an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const hub = new EventHub();
    const told: unknown[] = [];
    hub.on('error', ({ error }) => told.push((error as Error).message));
    hub.on('rotated', async () => {
      throw new Error('async listener');
    });
    hub.emit('rotated', { id: 'i' });
    await settle();
    process.off('unhandledRejection', note);
    expect(told).toEqual(['async listener']);
    expect(unhandled).toEqual([]);
  });

  test('a listener of errors that throws or rejects ends there', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const hub = new EventHub();
    let calls = 0;
    hub.on('error', () => {
      calls++;
      throw new Error('again');
    });
    hub.on('error', async () => {
      calls++;
      throw new Error('and again');
    });
    expect(() => hub.emit('error', { error: 1 })).not.toThrow();
    await settle();
    process.off('unhandledRejection', note);
    expect(calls).toBe(2);
    expect(unhandled).toEqual([]);
  });

  test('a promise of another kind that a listener answers is listened to as well', async () => {
    const hub = new EventHub();
    const told: unknown[] = [];
    hub.on('error', ({ error }) => told.push(error));
    // biome-ignore lint/suspicious/noThenProperty: a promise of another library has one.
    hub.on('rotated', () => ({ then: (_: unknown, fail: (error: unknown) => void) => fail('rejected') }));
    hub.on('rotated', () => ({
      // biome-ignore lint/suspicious/noThenProperty: and one that is broken, too.
      then: () => {
        throw 'broken';
      },
    }));
    hub.emit('rotated', { id: 'i' });
    await settle();
    expect(told).toEqual(['rejected', 'broken']);
  });

  test('an observer is told of every event, and counts as nobody who listens', () => {
    const hub = new EventHub();
    const told: unknown[] = [];
    hub.observe((...all) => told.push(all));
    hub.emit('rotated', { id: 'i' });
    hub.emit('error', { error: 'e' });
    expect(told).toEqual([
      ['rotated', { id: 'i' }],
      ['error', { error: 'e' }],
    ]);
    expect(hub.has('error')).toBe(false);
  });

  test('nobody listening is no error', () => {
    expect(() => new EventHub().emit('rotated', { id: 'i' })).not.toThrow();
    expect(new EventHub().has('error')).toBe(false);
  });

  test('eventNames names each event once', () => {
    expect(new Set(eventNames).size).toBe(eventNames.length);
    expect(eventNames).toHaveLength(12);
  });
});
