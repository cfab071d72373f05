import { expect, test } from 'vitest';
import { LastSeen } from './last-seen.js';
import { noBase } from './names.js';

const state = (version: number) => ({ version, expiresAt: 1, label: 'label', base: noBase });

test('the latest of each record is kept, of ten thousand records at most', () => {
  const seen = new LastSeen();
  for (let n = 0; n < 10_000; n++) seen.set(`session${n}`, state(1));
  seen.set('session1', state(2));

  expect(seen.get('session0')).toEqual(state(1));
  seen.set('another', state(3));

  expect(seen.get('session0')).toBeUndefined();
  expect(seen.get('session1')).toEqual(state(2));
  expect(seen.get('another')).toEqual(state(3));
  seen.delete('another');
  expect(seen.get('another')).toBeUndefined();
});
