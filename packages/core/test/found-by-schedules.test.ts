import { type Exchange, SessError, type SessionRecord, type UntypedData } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { nodeDigest } from './support/node-digest.js';
import { createSite } from './support/site.js';

/** Each of these was a defect that `sessionCases` found in the core; the order of events is that of the shrunk schedule. */
describe('found by schedules', () => {
  const minutes = (count: number) => count * 60_000;

  test('D1: destroy in a request that has lost its session to a login ends that session, and clears the cookie', async () => {
    const browser = createSite().browser();
    await browser.write({ name: 'John' });
    const slow = await browser.open();
    slow.session.name = 'Jack';
    await browser.visit((session) => session.login('ann'));
    await expect(slow.session.save()).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
    await slow.session.destroy();
    expect((await slow.commit())?.setCookie).toContain('Max-Age=0');
    expect(await browser.isKnown()).toBe(false);
  });

  test('D1: a verb that found the session gone does not fail the response of a request that then destroys it', async () => {
    const { sessions, ...site } = createSite({}, { isAsync: true });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    const exchange = await browser.open();
    await sessions.revoke(exchange.id);
    void exchange.session.regenerate({ keep: ['name'] });
    void exchange.session.destroy();
    expect((await exchange.commit())?.setCookie).toContain('Max-Age=0');
  });

  test('L1, E4: a request that outlasts the expiry it has read still writes to a session that others keep alive', async () => {
    const site = createSite({ idleTimeout: '10m' });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    const [writer, toucher] = [await browser.open(), await browser.open()];
    writer.session.name = 'Jack';
    site.clock.advance(minutes(9));
    await browser.visit();
    site.clock.advance(minutes(2));
    await writer.commit();
    await toucher.session.touch();
    await toucher.commit();
    expect(site.eventsOf('expired')).toEqual([]);
    expect(await browser.read()).toEqual({ name: 'Jack' });
  });

  test('D4: a request that renews its cookie after somebody has logged in sends no token', async () => {
    const site = createSite({ idleTimeout: '10m', cookie: { persistent: true } });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    site.clock.advance(minutes(5));
    const slow = await browser.open();
    await browser.visit((session) => session.login('ann'));
    site.clock.advance(minutes(2));
    expect(await browser.finish(slow)).toBeUndefined();
    expect(await browser.isKnown()).toBe(true);
  });

  test('D4: nor does one that has rotated before the login and touches after it', async () => {
    const browser = createSite().browser();
    await browser.write({ name: 'John' });
    const rotating = await browser.open();
    await rotating.session.rotate();
    const authenticating = await browser.open();
    await authenticating.session.login('ann');
    await browser.finish(authenticating);
    await rotating.session.touch();
    expect((await browser.finish(rotating))?.setCookie).toBeUndefined();
    expect(await browser.isKnown()).toBe(true);
  });

  test('D4: nor does one that has logged in, once a request opened before has put another session in the place of it', async () => {
    const browser = createSite().browser();
    await browser.write({ name: 'John' });
    const [authenticating, leaving] = [await browser.open(), await browser.open()];
    await authenticating.session.login('ann');
    await leaving.session.regenerate();
    leaving.session.name = 'Jack';
    await browser.finish(leaving);
    expect((await browser.finish(authenticating))?.setCookie).toBeUndefined();
    expect(await browser.read()).toEqual({ name: 'Jack' });
  });

  test('E2: a rotation of which no answer came does not keep the token of a new session from the browser', async () => {
    const site = createSite();
    const browser = site.browser();
    const exchange = await browser.open();
    await exchange.session.save();
    site.store.before = ({ operation, arguments: [record] }) => {
      if (operation !== 'update') return;
      site.store.before = () => {};
      site.store.records.set(exchange.id, record as SessionRecord);
      throw new Error('the connection broke');
    };
    await expect(exchange.session.rotate()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    exchange.session.name = 'John';
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ name: 'John' });
  });

  test('E2: a request that loses the race for a due rotation is a sign of life all the same', async () => {
    const site = createSite({ idleTimeout: '10m', rotateEvery: '1m' });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    site.clock.advance(minutes(2));
    const [winner, loser] = [await browser.open(), await browser.open()];
    await browser.finish(winner);
    site.clock.advance(minutes(7));
    await loser.commit();
    site.clock.advance(minutes(8));
    expect(await browser.isKnown()).toBe(true);
  });

  test('E2: a session that is kept alive while the store answers another request is not refused to that one', async () => {
    let pause: PromiseLike<void> | undefined;
    const hash = (text: string) =>
      pause === undefined ? nodeDigest.hash(text) : pause.then(() => nodeDigest.hash(text));
    const site = createSite({ idleTimeout: '10m' }, { adapter: { digest: { ...nodeDigest, hash } } });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    const other = await browser.open();
    site.clock.advance(minutes(9));

    let goOn = () => {};
    pause = new Promise((resolve) => {
      goOn = resolve;
    });
    const opening = browser.open();
    await other.commit();
    site.clock.advance(minutes(2));
    goOn();
    expect((await opening).isNew).toBe(false);
  });

  test('E2: nor is one that is kept alive while the answer to its read, or to a write, is on its way', async () => {
    for (const operation of ['read', 'update'] as const) {
      const site = createSite({ idleTimeout: '10m' });
      const browser = site.browser();
      await browser.write({ name: 'John' });
      const [writer, other] = [await browser.open(), await browser.open()];
      writer.session.name = 'Jack';
      await browser.write({ city: 'Ulm' });
      site.clock.advance(minutes(10) - 1000);

      const { [operation]: act } = site.store as { [Name in typeof operation]: (...given: never[]) => unknown };
      Object.assign(site.store, {
        [operation]: async (...given: never[]) => {
          Object.assign(site.store, { [operation]: act });
          const answer = act.apply(site.store, given);
          await other.commit();
          // Within storeTimeout.
          site.clock.advance(2000);
          return answer;
        },
      });
      if (operation === 'update') await writer.commit();
      expect((await browser.open()).isNew, operation).toBe(false);
      expect(site.eventsOf('expired')).toEqual([]);
      if (operation === 'update') expect(await browser.read()).toEqual({ name: 'Jack', city: 'Ulm' });
    }
  });

  test.each([false, true])(
    'L2: a conflict is told of when no answer came to the write that decided it (isAsync: %s)',
    async (isAsync) => {
      const site = createSite({}, { isAsync });
      const browser = site.browser();
      await browser.write({ name: 'John' });
      const slow = await browser.open();
      slow.session.name = 'Jack';
      await browser.write({ name: 'Jill' });
      let updates = 0;
      site.store.before = ({ operation, arguments: [record] }) => {
        const act = () => {
          if (operation !== 'update' || ++updates !== 2) return;
          site.store.records.set(slow.id, record as SessionRecord);
          throw new Error('the connection broke');
        };
        return isAsync ? Promise.resolve().then(act) : act();
      };
      await expect(slow.session.save()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
      await browser.finish(slow);
      expect(await browser.read()).toEqual({ name: 'Jack' });
      expect(site.eventsOf('conflict')).toMatchObject([{ keys: [{ key: 'name' }] }]);
    },
  );

  test.each([false, true])('L2: a counter counts once though no answer came (isAsync: %s)', async (isAsync) => {
    const site = createSite({ merge: { visits: 'counter' } }, { isAsync });
    const browser = site.browser();
    await browser.write({ visits: 1, theirs: 1 });
    const exchange = await browser.open();
    await browser.write({ visits: 5, theirs: 2 });
    exchange.session.visits = 2;
    site.store.before = ({ operation, arguments: [record, version] }) => {
      const act = () => {
        if (operation !== 'update' || version !== site.store.only.version) return;
        site.store.records.set(exchange.id, record as SessionRecord);
        throw new Error('the connection broke');
      };
      return isAsync ? Promise.resolve().then(act) : act();
    };
    await expect(exchange.session.save()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    site.store.before = () => {};
    exchange.session.late = 1;
    // As with the framework's page about the error, whose head commits again.
    await browser.finish(exchange);
    expect(await browser.read()).toEqual({ visits: 6, theirs: 2, late: 1 });
    expect(site.eventsOf('conflict')).toHaveLength(1);
  });

  test('E2: nor is it to a reload', async () => {
    const site = createSite({ idleTimeout: '10m' });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    const [reloading, other] = [await browser.open(), await browser.open()];
    site.clock.advance(minutes(10) - 1000);

    let goOn = () => {};
    const { read } = site.store;
    site.store.read = async (id) => {
      site.store.read = read;
      const before = await site.store.read(id);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return before;
    };
    const reload = reloading.session.reload();
    await other.commit();
    // Within storeTimeout.
    site.clock.advance(2000);
    goOn();
    await reload;
    expect(reloading.session).toMatchObject({ name: 'John' });
    expect(site.eventsOf('expired')).toEqual([]);
  });

  test('maxPerSubject: a login whose session a racing login evicts before it has counted is not acknowledged', async () => {
    const site = createSite({ maxPerSubject: 1 });
    const [ann, rival] = [site.browser(), site.browser()];
    await ann.visit((session) => session.login('ann'));
    site.clock.advance(1);
    let lists = 0;
    let evicted: Promise<unknown> | undefined;
    site.store.before = async ({ operation }) => {
      // The second time the sessions are counted; the first, before the login, is for its rank.
      if (operation !== 'list' || ++lists !== 2) return;
      site.clock.advance(1);
      evicted = rival.visit((session) => session.login('ann'));
      await evicted;
    };
    const exchange: Exchange<UntypedData> = await ann.open();
    const failure = await exchange.session.login('ann').catch((error: unknown) => error);
    expect(SessError.is(failure, 'ERR_SESS_ENDED')).toBe(true);
    expect((await exchange.commit())?.setCookie).toBeUndefined();
    expect(await rival.isKnown()).toBe(true);
  });

  test('D1: regenerate that finds the session gone, and cannot tidy up, sends no token of it', async () => {
    const site = createSite({ cookie: { persistent: true } });
    const browser = site.browser();
    await browser.write({ name: 'John' });
    const exchange = await browser.open();
    await exchange.session.login('ann');
    site.store.before = ({ operation }) => {
      if (operation === 'create') site.store.records.delete(exchange.id);
      if (operation === 'destroy') throw new Error('no answer');
    };
    await expect(exchange.session.regenerate({ keep: ['name'] })).rejects.toMatchObject({ code: 'ERR_SESS_ENDED' });
    expect(site.eventsOf('error')).toMatchObject([{ error: { code: 'ERR_SESS_STORE' } }]);
    site.store.before = () => {};
    expect((await exchange.commit())?.setCookie).toBeUndefined();
  });

  test('E5: a cookie whose session has expired while it was being stored is not sent: it would remove another', async () => {
    const site = createSite({ cookie: { maxAge: '10m' } });
    site.store.before = () => site.clock.advance(minutes(10));
    const exchange = await site.browser().open();
    exchange.session.name = 'John';
    expect((await exchange.commit())?.setCookie).toBeUndefined();
  });

  test('D2: a create that failed, and may yet take effect, is not tried again under the same id', async () => {
    const site = createSite();
    const exchange = await site.browser().open();
    exchange.session.name = 'John';
    const { id } = exchange;
    site.store.before = () => {
      throw new Error('no answer');
    };
    await expect(exchange.session.save()).rejects.toMatchObject({ code: 'ERR_SESS_STORE' });
    site.store.before = () => {};
    await exchange.commit();
    expect(site.store.only.id).not.toBe(id);
    expect(site.store.only.id).toBe(exchange.id);
  });
});
