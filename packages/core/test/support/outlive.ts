import type { UntypedData } from '@sess/core';
import { expect } from 'vitest';
import type { Browser } from './browser.js';
import type { Site } from './site.js';

/** Makes every call that may extend a life, every `step` ms, and checks that the browser's session still ends at `end` (epoch ms) (E3). */
export async function expectNothingToOutlive(
  end: number,
  step: number,
  { clock, browser, store }: Pick<Site, 'clock' | 'store'> & { readonly browser: Browser<UntypedData> },
): Promise<void> {
  while (clock.now() < end - step) {
    clock.advance(step);
    await browser.visit(async (session) => {
      session.at = clock.now();
      await session.save();
      await session.rotate();
      await session.touch();
      await session.reload();
      session.replace({ name: 'Ann' });
      expect(session.expiresAt).toBeLessThanOrEqual(end);
    });
    expect(store.only.expiresAt).toBeLessThanOrEqual(end);
  }
  clock.advance(step - 1);
  expect(await browser.isKnown()).toBe(true);
  clock.advance(1);
  expect(await browser.isKnown()).toBe(false);
}
