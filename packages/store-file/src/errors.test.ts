import { describe, expect, it, vi } from 'vitest';
import { FileStoreError } from './errors.js';

describe('FileStoreError.is', () => {
  it('knows an error of another copy of the package, where instanceof fails', async () => {
    vi.resetModules();
    const copy = await import('./errors.js');
    const error = new copy.FileStoreError('ENOSPC', '/sessions', 'failed');
    expect(error).not.toBeInstanceOf(FileStoreError);
    expect(FileStoreError.is(error)).toBe(true);
  });

  it.each([[undefined], [null], ['FileStoreError'], [{}], [new Error('FileStoreError')]])('says no to %o', (value) => {
    expect(FileStoreError.is(value)).toBe(false);
  });
});
