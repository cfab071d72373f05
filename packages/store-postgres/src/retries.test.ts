import { describe, expect, it } from 'vitest';
import { withRetries } from './retries.js';
import { qualifyTable } from './table.js';

const statement = { operation: 'touch', name: 'sess_touch', text: 'UPDATE …' };

function failing(code: string, times: number) {
  const seen = { tries: 0 };
  const query = withRetries(async () => {
    seen.tries++;
    if (seen.tries <= times) throw Object.assign(new Error('no'), { code });
    return [['1']];
  }, qualifyTable({}));
  return { seen, query };
}

describe('withRetries', () => {
  it.each(['40001', '40P01'])('tries again what %s has undone', async (code) => {
    const { seen, query } = failing(code, 3);
    expect(await query(statement, [])).toEqual([['1']]);
    expect(seen.tries).toBe(4);
  });

  it('gives up in the end, saying what to do', async () => {
    const { seen, query } = failing('40001', Number.POSITIVE_INFINITY);
    await expect(query(statement, [])).rejects.toThrow(/read committed/);
    expect(seen.tries).toBe(64);
  });

  it('tries nothing twice whose effect is unknown', async () => {
    const { seen, query } = failing('57P01', 1);
    await expect(query(statement, [])).rejects.toThrow(/57P01/);
    expect(seen.tries).toBe(1);
  });
});
