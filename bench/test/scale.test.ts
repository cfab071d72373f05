import { expect, it } from 'vitest';
import { small } from '../src/data.js';
import { catchRecord } from '../src/scale/catch-record.js';

// A body without the envelope would make sessions look smaller than they are.
it('the records that are measured are those that Sess stores: a line with the envelope, then the data', async () => {
  const { body, version } = await catchRecord(small);
  const [envelope = '', data = ''] = body.split('\n');

  expect(version).toBe(1);
  expect(JSON.parse(envelope)).toEqual([1, expect.any(Number), 0, 0, [[expect.any(String), 0]]]);
  expect(JSON.parse(data)).toEqual(small);
});
