import { describe, expect, it } from 'vitest';
import { createTime } from './time.js';

describe('createTime', () => {
  it('moves a manual clock to just after an expiry', async () => {
    const time = createTime({});
    const expiresAt = time.clock.now() + 5_000;
    await time.passUntil(expiresAt);
    expect(time.clock.now()).toBe(expiresAt + 1);
  });

  it('waits in real time for a server, and so much longer as its clock may be off', async () => {
    const time = createTime({ clock: 'server', clockTolerance: 20 });
    const expiresAt = time.clock.now() + 10;
    await time.passUntil(expiresAt);
    expect(time.clock.now()).toBeGreaterThanOrEqual(expiresAt + 19);
  });
});
