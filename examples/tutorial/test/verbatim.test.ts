import { afterEach, describe, expect, test } from 'vitest';
import { type RunningExample, runExample } from './run-example.js';

let example: RunningExample | undefined;
afterEach(() => example?.kill());

describe.each(['tutorial.cjs', 'tutorial.ts'])('the lines of the tutorial in %s', (file) => {
  test('save, greet and log out', async () => {
    example = await runExample(`verbatim/${file}`, { PORT: '0' });
    const { url } = example;
    const saved = await fetch(url);
    const cookie = saved.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const greet = async () => await (await fetch(`${url}/greet`, { headers: { cookie } })).text();

    expect(await saved.text()).toBe('saved');
    expect(await greet()).toBe('Hello, John!');

    const out = await fetch(`${url}/logout`, { headers: { cookie } });
    expect(await out.text()).toBe('Logged out successfully.');
    expect(out.headers.getSetCookie()).toEqual(['sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    expect(await greet()).toBe('Hello, undefined!');
  });
});
