import { afterEach, describe, expect, it, vi } from 'vitest';
import { runsPerProperty, scaleRuns } from './runs.js';

afterEach(() => vi.unstubAllEnvs());

describe('runs', () => {
  it('scales every property alike', () => {
    vi.stubEnv('FC_NUM_RUNS', '1000');
    expect(runsPerProperty()).toBe(1000);
    expect(scaleRuns(20)).toBe(200);
  });

  it('never scales a property away', () => {
    vi.stubEnv('FC_NUM_RUNS', '1');
    expect(scaleRuns(20)).toBe(1);
  });

  it('refuses a number of runs that is none', () => {
    vi.stubEnv('FC_NUM_RUNS', 'many');
    expect(() => runsPerProperty()).toThrow('FC_NUM_RUNS is many');
  });
});
