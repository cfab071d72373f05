import { SessError } from '@sess/core';
import { describe, expect, it } from 'vitest';
import { qualifyTable, quoteIdentifier, quoteLiteral } from './table.js';

describe('qualifyTable', () => {
  it('names public.sess_sessions unless told otherwise', () => {
    expect(qualifyTable({}).sql).toBe('"public"."sess_sessions"');
  });

  it('quotes whatever the names are', () => {
    expect(qualifyTable({ schema: 'a"b.c', table: '"; DROP TABLE x; --' }).sql).toBe('"a""b.c"."""; DROP TABLE x; --"');
  });

  it.each([
    ['table', '', /table.*non-empty string/],
    ['table', 'x'.repeat(51), /51 bytes long; give one of at most 50/],
    ['table', 'ü'.repeat(26), /52 bytes long/],
    ['schema', 'x'.repeat(64), /64 bytes long; give one of at most 63/],
    ['schema', 'a\0b', /NUL/],
    ['schema', '\ud800', /surrogate/],
    ['schema', 7, /not a name/],
  ])('refuses a %s of %j, which PostgreSQL would cut or refuse', (option, name, message) => {
    const call = () => qualifyTable({ [option]: name });
    expect(call).toThrow(message);
    expect(call).toThrow(expect.toSatisfy((error) => SessError.is(error, 'ERR_SESS_CONFIG')));
  });
});

describe('quoting', () => {
  it('doubles the quote that would end it', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
    expect(quoteLiteral("a'b")).toBe("'a''b'");
  });

  it('writes a backslash so that no setting can make it an escape', () => {
    expect(quoteLiteral("\\'")).toBe("E'\\\\'''");
  });
});
