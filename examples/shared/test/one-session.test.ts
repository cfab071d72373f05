// Every framework behind one proxy, each with a store object of its own on the same files, as processes of their own
// would have: one browser, one cookie, one session.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore } from '@sess/store-file';
import { describeWithService } from '@sess/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../../tutorial/test/launch.js';
import { apps, serve } from './all-apps.js';
import { rotatingProxy } from './rotating-proxy.js';
import { headingOf, VisitorBrowser } from './visitor-browser.js';

const names = Object.keys(apps);

/** Starts them all; resolves to the proxy's URL. */
async function startAll(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sess-one-session-'));
  const stores = names.map(() => fileStore({ directory }));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const servers: Record<string, string> = {};
  for (const [index, [name, createListener]] of Object.entries(apps).entries()) {
    const store = stores[index];
    if (store === undefined) throw new Error('one store each');
    servers[name] = await serve(await createListener({ store, secret: 'one key for all', maxAge: '1m' }));
  }
  return await serve(rotatingProxy(servers));
}

describe('one session on six frameworks', () => {
  test('made on one, it is read and changed on the others, and ended for all', async () => {
    const browser = new VisitorBrowser(await startAll());
    const made = await browser.post('/name', { name: 'Ada' });
    const { cookie } = browser;
    const servedBy = [made.headers.get('x-served-by')];
    // The counter goes up on each of them: they change one session.
    for (let visits = 2; visits <= names.length; visits += 1) {
      const response = await browser.get();
      servedBy.push(response.headers.get('x-served-by'));
      expect(await response.text()).toContain(`greeted you <b>${visits}</b> times`);
    }
    expect(servedBy.sort()).toEqual([...names].sort());
    expect(browser.cookie).toBe(cookie);

    await browser.post('/logout');
    browser.cookie = cookie;
    for (const _ of names) expect(await headingOf(await browser.get())).toBe('Who are you?');
  });

  test('a visit on each at once: none is lost', async () => {
    const browser = new VisitorBrowser(await startAll());
    await browser.post('/name', { name: 'Ada' });
    await Promise.all(names.map(() => browser.get()));

    expect(await (await browser.get()).text()).toContain(`greeted you <b>${names.length + 2}</b> times`);
  });
});

describeWithService('Chromium', 'one session on six frameworks in a browser', (running) => {
  test('is greeted by each of them with one cookie', async () => {
    const url = await startAll();
    const browser = await launchBrowser(running().executablePath);
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(url);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Remember me' }).click();
    // Reloading a page that is still loading fails in a busy browser.
    await page.getByRole('heading', { name: 'Hello, Ada!' }).waitFor();
    const servedBy: (string | undefined)[] = [];
    for (const _ of names) {
      const response = await page.reload();
      servedBy.push(response?.headers()['x-served-by']);
      expect(await page.getByRole('heading').innerText()).toBe('Hello, Ada!');
    }

    expect(servedBy.sort()).toEqual([...names].sort());
    expect(await page.context().cookies()).toHaveLength(1);
  });
});
