import { memoryStore } from '@sess/store-memory';
import { describe, expect, test } from 'vitest';
import { apps, serve } from './all-apps.js';
import { headingOf, VisitorBrowser } from './visitor-browser.js';

describe.each(Object.entries(apps))('the example %s', (_, createListener) => {
  const start = async () => {
    const store = memoryStore();
    const listener = await createListener({ store, secret: 'a key for the test', maxAge: '1m' });
    return { browser: new VisitorBrowser(await serve(listener)), store };
  };

  test('asks a stranger for a name, and stores nothing for it', async () => {
    const { browser, store } = await start();

    expect(await headingOf(await browser.get())).toBe('Who are you?');
    expect(browser.cookie).toBe('');
    expect(store.size).toBe(0);
  });

  test('greets by name and counts', async () => {
    const { browser } = await start();

    expect(await headingOf(await browser.post('/name', { name: ' <Ada> ' }))).toBe('Hello, &lt;Ada&gt;!');
    const again = await browser.get();
    expect(again.headers.get('content-type')).toMatch(/^text\/html/);
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(await again.text()).toContain('greeted you <b>2</b> times');
  });

  test('counts two visits at once as two', async () => {
    const { browser } = await start();
    await browser.post('/name', { name: 'Ada' });
    await Promise.all([browser.get(), browser.get(), browser.get()]);

    expect(await (await browser.get()).text()).toContain('greeted you <b>5</b> times');
  });

  test('refuses an empty name and says why', async () => {
    const { browser } = await start();
    const response = await browser.post('/name', { name: '  ' });

    expect(response.status).toBe(422);
    expect(await response.text()).toContain('A name has 1 to 40 characters.');
    expect(browser.cookie).toBe('');
  });

  test('forgets at logout, whoever still has the cookie', async () => {
    const { browser } = await start();
    await browser.post('/name', { name: 'Ada' });
    const stolen = browser.cookie;

    expect(await headingOf(await browser.post('/logout'))).toBe('Who are you?');
    expect(browser.cookie).toBe('');
    browser.cookie = stolen;
    expect(await headingOf(await browser.get())).toBe('Who are you?');
  });

  test('serves what the page asks for, and nothing else', async () => {
    const { browser } = await start();

    expect((await browser.get('/style.css')).headers.get('content-type')).toMatch(/^text\/css/);
    expect((await browser.get('/countdown.js')).headers.get('content-type')).toMatch(/javascript/);
    expect((await browser.get('/none')).status).toBe(404);
  });
});
