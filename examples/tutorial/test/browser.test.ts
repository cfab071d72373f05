import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithService, findFreePort } from '@sess/test-support';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, startApp } from './launch.js';
import { runExample } from './run-example.js';

describeWithService('Chromium', 'the tutorial in a browser', (running) => {
  let browser: Browser;
  let app: Awaited<ReturnType<typeof startApp>>;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser(running().executablePath);
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    app = await startApp();
    context = await browser.newContext({ viewport: { width: 900, height: 760 } });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await app.stop();
  });

  const sayName = async (name: string) => {
    await page.goto(app.url);
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Remember me' }).click();
    await page.getByRole('heading', { name: `Hello, ${name}!` }).waitFor();
  };
  const heading = (of: Page) => of.getByRole('heading').innerText();

  test('asks a stranger for a name, and sets no cookie for it', async () => {
    await page.goto(app.url);

    expect(await heading(page)).toBe('Who are you?');
    expect(await context.cookies()).toEqual([]);
  });

  test('greets by name, after a reload and in a second tab', async () => {
    await sayName('Ada');
    await page.reload();
    const tab = await context.newPage();
    await tab.goto(app.url);

    expect(await heading(page)).toBe('Hello, Ada!');
    expect(await heading(tab)).toBe('Hello, Ada!');
    expect(await tab.locator('main').innerText()).toContain('greeted you 3 times');
  });

  test('shows what a name holds, and runs none of it', async () => {
    await sayName('<b id="x">&');

    expect(await page.locator('#x').count()).toBe(0);
  });

  test('keeps the token in a cookie that scripts cannot read, lax, for the session’s life', async () => {
    await sayName('Ada');
    const [cookie] = await context.cookies();

    expect(cookie).toMatchObject({ name: 'sid', path: '/', httpOnly: true, sameSite: 'Lax', secure: false });
    expect(cookie?.value).toMatch(/^[0-9a-z]{20}\.[\w-]{32}\.[\w-]{43}$/);
    expect((cookie?.expires ?? 0) - Date.now() / 1000).toSatisfy((left: number) => left > 50 && left <= 61);
    expect(await page.evaluate('document.cookie')).toBe('');
    // E5: the browser forgets the cookie no later than a second after the record expires.
    const expiresAt = Number(await page.locator('.countdown').getAttribute('data-expires-at'));
    expect((cookie?.expires ?? 0) * 1000).toBeLessThanOrEqual(expiresAt + 1000);
  });

  test('shows the id, without the secret, and when the session was created and expires', async () => {
    const before = Date.now();
    await sayName('Ada');
    const [cookie] = await context.cookies();
    const shown = page.locator('dl');
    const times = await shown.locator('time').evaluateAll((all) => all.map((each) => each.getAttribute('datetime')));
    const [created = 0, expires = 0] = times.map((time) => Date.parse(time ?? ''));

    expect(await shown.locator('code').innerText()).toBe(cookie?.value.slice(0, 20));
    expect(created).toSatisfy((time: number) => time >= before && time <= Date.now());
    expect(expires).toBe(Number(await page.locator('.countdown').getAttribute('data-expires-at')));
    expect(expires - created).toSatisfy((life: number) => life >= 60_000 && life < 70_000);
  });

  test('forgets at logout: cookie gone, back button and replayed cookie useless', async () => {
    await sayName('Ada');
    const cookies = await context.cookies();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();

    expect(await context.cookies()).toEqual([]);
    await page.goBack();
    expect(await heading(page)).toBe('Who are you?');
    await context.addCookies(cookies);
    await page.goto(app.url);
    expect(await heading(page)).toBe('Who are you?');
  });

  test('logs out the second tab with the first', async () => {
    await sayName('Ada');
    const tab = await context.newPage();
    await tab.goto(app.url);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    await tab.reload();

    expect(await heading(tab)).toBe('Who are you?');
  });

  test('ends the session after inactivity, and says so', async () => {
    await app.stop();
    app = await startApp({ maxAge: '2s' });
    await sayName('Ada');
    const cookies = await context.cookies();
    await page.getByText('Your session has ended').waitFor();
    await page.reload();

    expect(await heading(page)).toBe('Who are you?');
    // The browser has dropped its cookie by itself. From one that kept it, the server no longer accepts it.
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, expires: Date.now() / 1000 + 60 })));
    await page.reload();
    expect(await heading(page)).toBe('Who are you?');
  });

  test('still knows the name after the process was killed and started again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sess-tutorial-'));
    const port = String(await findFreePort());
    const start = () => runExample('src/server.ts', { PORT: port, SESSIONS: directory });
    let process = await start();
    try {
      await page.goto(process.url);
      await page.getByLabel('Your name').fill('Ada');
      await page.getByRole('button', { name: 'Remember me' }).click();
      await page.getByRole('heading', { name: 'Hello, Ada!' }).waitFor();
      await process.kill();
      process = await start();
      await page.goto(process.url);

      expect(await heading(page)).toBe('Hello, Ada!');
    } finally {
      await process.kill();
      await rm(directory, { recursive: true });
    }
  });

  test('looks as in the screenshot of the README', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(error.message));
    await sayName('Ada');
    await page.screenshot(process.env.SESS_SCREENSHOT ? { path: process.env.SESS_SCREENSHOT } : undefined);

    expect(complaints).toEqual([]);
    // The style sheet is there and at work, and nothing hangs over the edge, on a telephone either.
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius")).not.toBe('0px');
    for (const width of [900, 360]) {
      await page.setViewportSize({ width, height: 760 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });
});
