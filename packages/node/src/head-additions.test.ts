import type { ServerResponse } from 'node:http';
import type { HeadAdditions } from '@sess/core';
import { describe, expect, test } from 'vitest';
import { recordHooks } from '../test/hooks.js';
import { type Answer, exchange, parseAnswer, serve, valuesOf } from '../test/serve.js';
import { holdResponse } from './index.js';

type Handler = (response: ServerResponse) => void;

/** The answer of a held response, which must be the same whether the hook returns the headers or a promise of them. */
async function answerOf(additions: HeadAdditions, handler: Handler): Promise<Answer> {
  const answers: Answer[] = [];
  for (const beforeHead of [() => additions, () => Promise.resolve(additions)]) {
    const port = await serve((_, response) => {
      holdResponse(response, { ...recordHooks(), beforeHead });
      handler(response);
    });
    answers.push(parseAnswer(await exchange(port)));
  }
  expect(answers[1]).toEqual(answers[0]);
  return answers[0] as Answer;
}

describe('Set-Cookie is appended', () => {
  const additions: HeadAdditions = { setCookie: 'sid=1' };
  const added = ['sid=1'];

  test.each<[string, Handler, string[]]>([
    ['no cookie', () => undefined, []],
    ['one by setHeader', (response) => response.setHeader('Set-Cookie', 'a=1'), ['a=1']],
    ['a list by setHeader', (response) => response.setHeader('set-cookie', ['a=1', 'b=2']), ['a=1', 'b=2']],
    ['one by an object', (response) => response.writeHead(200, { 'Set-Cookie': 'a=1' }), ['a=1']],
    ['a list by an object', (response) => response.writeHead(200, { 'SET-COOKIE': ['a=1', 'b=2'] }), ['a=1', 'b=2']],
    ['an object in third place', (response) => response.writeHead(200, undefined, { 'set-cookie': 'a=1' }), ['a=1']],
    ['a message and an object', (response) => response.writeHead(200, 'Fine', { 'set-cookie': 'a=1' }), ['a=1']],
    [
      'a flat list',
      (response) => response.writeHead(200, ['Set-Cookie', 'a=1', 'X-Other', '0', 'set-cookie', 'b=2']),
      ['a=1', 'b=2'],
    ],
    [
      'a nested list',
      (response) =>
        response.writeHead(200, [
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ] as never),
      ['a=1', 'b=2'],
    ],
    [
      'setHeader, then writeHead, which replaces',
      (response) => response.setHeader('Set-Cookie', 'a=1').writeHead(200, { 'Set-Cookie': 'b=2' }),
      ['b=2'],
    ],
  ])('to %s', async (_, handler, own) => {
    const answer = await answerOf(additions, (response) => {
      handler(response);
      response.end();
    });
    expect(valuesOf(answer, 'Set-Cookie')).toEqual([...own, ...added]);
  });

  test('and a list that the caller goes on using is neither changed nor read again', async () => {
    const answer = await answerOf(additions, (response) => {
      const cookies = ['a=1'];
      response.writeHead(200, { 'Set-Cookie': cookies });
      cookies.push('later=1');
      response.end();
      expect(cookies).toEqual(['a=1', 'later=1']);
    });
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['a=1', ...added]);
  });

  test('on a Node without appendHeader too', async () => {
    const answer = await answerOf(additions, (response) => {
      Object.assign(response, { appendHeader: undefined });
      response.setHeader('Set-Cookie', 'a=1');
      response.end();
    });
    expect(valuesOf(answer, 'Set-Cookie')).toEqual(['a=1', ...added]);
  });
});

describe('Vary is merged', () => {
  test.each<[string | string[] | undefined, string[]]>([
    [undefined, ['Cookie']],
    ['Accept', ['Accept, Cookie']],
    [['Accept', 'Origin'], ['Accept, Origin, Cookie']],
    ['accept, cookie', ['accept, cookie']],
    ['*', ['*']],
    ['', ['Cookie']],
  ])('%j', async (own, expected) => {
    const answer = await answerOf({ vary: 'Cookie' }, (response) => {
      if (own !== undefined) response.setHeader('Vary', own);
      response.end();
    });
    expect(valuesOf(answer, 'Vary')).toEqual(expected);
  });

  test('with what writeHead brings', async () => {
    const answer = await answerOf({ vary: 'Cookie' }, (response) => response.writeHead(200, { VARY: 'Accept' }).end());
    expect(valuesOf(answer, 'Vary')).toEqual(['Accept, Cookie']);
  });
});

describe('a header the app has set stays as it is', () => {
  const additions: HeadAdditions = { noStore: true, clearSiteData: '"cookies"' };

  test('none set', async () => {
    const answer = await answerOf(additions, (response) => response.end());
    expect(valuesOf(answer, 'Cache-Control')).toEqual(['no-store']);
    expect(valuesOf(answer, 'Clear-Site-Data')).toEqual(['"cookies"']);
  });

  test('by setHeader', async () => {
    const answer = await answerOf(additions, (response) => {
      response.setHeader('Cache-Control', 'private').setHeader('Clear-Site-Data', '"*"');
      response.end();
    });
    expect(valuesOf(answer, 'Cache-Control')).toEqual(['private']);
    expect(valuesOf(answer, 'Clear-Site-Data')).toEqual(['"*"']);
  });

  test('but for a Cache-Control that lets shared caches keep what sets a cookie', async () => {
    const answer = await answerOf(additions, (response) => response.setHeader('Cache-Control', 'public').end());
    expect(valuesOf(answer, 'Cache-Control')).toEqual(['no-store']);
  });

  test('in writeHead', async () => {
    const answer = await answerOf(additions, (response) => {
      response.writeHead(200, ['cache-control', 'private, max-age=60', 'Clear-Site-Data', '"cache"']).end();
    });
    expect(valuesOf(answer, 'Cache-Control')).toEqual(['private, max-age=60']);
    expect(valuesOf(answer, 'Clear-Site-Data')).toEqual(['"cache"']);
  });

  test('empty additions add nothing', async () => {
    const answer = await answerOf({ noStore: false }, (response) => response.end());
    expect(answer.headers).toEqual(['Connection: close', 'Content-Length: 0']);
  });
});
