import { SessError } from '@sess/core';
import { describe, expect, it } from 'vitest';
import { migrationSql, schemaVersion } from './schema.js';

describe('migrationSql', () => {
  it('is empty for a table that is up to date', () => {
    expect(migrationSql({ from: schemaVersion })).toBe('');
    expect(migrationSql()).toMatch(/^CREATE TABLE/m);
  });

  it.each([-1, 0.5, Number.NaN, schemaVersion + 1, '1' as never])('refuses from: %s', (from) => {
    const call = () => migrationSql({ from });
    expect(call).toThrow(`from is ${from}; it takes`);
    expect(call).toThrow(expect.toSatisfy((error) => SessError.is(error, 'ERR_SESS_CONFIG')));
  });
});
