import { small } from '../data.js';
import type { Contender } from './contender.js';
import { lastFound } from './routes.js';

/**
 * Throws unless the contender does what it is measured for: keeps what is written, forgets what is destroyed, renews what is regenerated.
 * What a cookie holds cannot be forgotten, so such a contender is only checked for keeping.
 */
export async function assertWorks(contender: Contender): Promise<void> {
  const expect = async (what: string, cookie: string | undefined, visits: unknown) => {
    await contender.send('read', cookie);
    if (lastFound() !== visits) throw new Error(`${contender.name}: ${what}: found ${lastFound()}, not ${visits}`);
  };
  const isHeldByCookie = contender.cookieHolds === 'data';
  for (const size of isHeldByCookie ? (['200 B'] as const) : (['200 B', '4 KB'] as const)) {
    const { cookie } = await contender.send(`create ${size}`);
    await expect('after create', cookie, small.visits);
    const written = (await contender.send('write', cookie)).cookie ?? cookie;
    await contender.send('read', written);
    const first = Number(lastFound());
    const again = (await contender.send('write', written)).cookie ?? written;
    await expect('after two writes', again, first + 1);
    await expect('without a cookie', undefined, undefined);
    if (isHeldByCookie) continue;

    const renewed = (await contender.send('regenerate', again)).cookie;
    await expect('the old session after regenerate', again, undefined);
    await expect('the new one', renewed, small.visits);
    await contender.send('destroy', renewed);
    await expect('after destroy', renewed, undefined);
  }
}
