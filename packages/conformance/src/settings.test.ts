import { afterEach, describe, expect, it, vi } from 'vitest';
import { resolveSettings } from './settings.js';

describe('resolveSettings', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('draws a seed and tries more in full than in quick', () => {
    vi.stubEnv('FC_SEED', '');
    vi.stubEnv('FC_NUM_RUNS', '');
    const [full, quick] = [resolveSettings(), resolveSettings({ profile: 'quick' })];
    expect(full.profile).toBe('full');
    expect(full.runs).toBeGreaterThan(quick.runs);
    expect(Number.isSafeInteger(full.seed)).toBe(true);
  });

  it('takes seed and runs from the environment, and rather from the options', () => {
    vi.stubEnv('FC_SEED', '12');
    vi.stubEnv('FC_NUM_RUNS', '34');
    expect(resolveSettings()).toEqual({ profile: 'full', seed: 12, runs: 34 });
    expect(resolveSettings({ seed: 0, runs: 1 })).toEqual({ profile: 'full', seed: 0, runs: 1 });
  });

  it('refuses an environment that makes no sense', () => {
    vi.stubEnv('FC_NUM_RUNS', 'many');
    expect(() => resolveSettings()).toThrow(RangeError);
  });
});
