import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createSessions, eventNames, SessError, type SessErrorCode, type SessionOptions } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { describe, expect, test } from 'vitest';

/** The files that git knows, or would, with this ending. */
function listFiles(ending: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', `*${ending}`]);
  return String(listed)
    .split('\n')
    .filter((file) => file !== '' && existsSync(file));
}

const documents = listFiles('.md').map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe('every document', () => {
  test.each(documents)('$path: its links lead somewhere', ({ path, text }) => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets
      .filter((target) => !/^(?:https?:|mailto:|#)/.test(target))
      .filter((target) => !existsSync(join(dirname(path), target.replace(/#.*/, ''))));

    expect(broken).toEqual([]);
  });

  test('has TypeScript that compiles as it stands', () => {
    expect(checkSnippets()).toEqual([]);
  });
});

test('the tests that docs/security.md names exist', () => {
  const table = readFileSync('docs/security.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| (?:ASVS|RFC|NIST) /.test(line));
  const names = table.flatMap((row) => {
    const shownBy = row.split(' | ').at(-1) ?? '';
    return [...shownBy.matchAll(/``(.+?)``|`(.+?)`/g)].map(([, double, single]) => double ?? single ?? '');
  });
  const tests = listFiles('.test.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

  expect(names.length).toBeGreaterThan(table.length);
  expect(names.filter((name) => !tests.includes(name))).toEqual([]);
});

describe('docs/guide.md', () => {
  const guide = readFileSync('docs/guide.md', 'utf8');
  const rows = guide.split('\n').filter((line) => line.startsWith('| `'));
  const firstColumns = rows.map((row) => row.split(' | ')[0]).join('\n');

  test.each([
    ['', { nonsense: 1 }],
    ['cookie.', { cookie: { nonsense: 1 } }],
    ['remember.', { remember: { nonsense: 1 } }],
  ])('explains every option %s…', (prefix, options) => {
    const missing = namesOfOptions(options).filter((name) => !firstColumns.includes(`\`${name}\``));

    expect(missing, prefix).toEqual([]);
  });

  test('explains every event', () => {
    expect(eventNames.filter((name) => !firstColumns.includes(`\`${name}\``))).toEqual([]);
  });

  test('says the status of every error', () => {
    const said = rows.flatMap((row) => {
      const [codes = '', status] = row.split(' | ');
      return [...codes.matchAll(/ERR_SESS_\w+/g)].map(([code]) => ({ code, status: Number(status) }));
    });
    const inUse = said.map(({ code }) => ({ code, status: new SessError(code as SessErrorCode, '').status }));

    expect(said).toEqual(inUse);
    expect(said.length).toBeGreaterThan(10);
  });
});

/** The names of the options that there are, as the error about one that there is not tells them. */
function namesOfOptions(options: object): readonly string[] {
  try {
    createSessions({ store: memoryStore(), ...options } as SessionOptions);
  } catch (error) {
    if (!SessError.is(error, 'ERR_SESS_CONFIG')) throw error;
    return error.message.replace(/^.*There are: (.*)\.$/, '$1').split(', ');
  }
  throw new Error('It was taken for an option.');
}

/** What the compiler has to say of the documents' ```ts blocks, each a module of its own. */
function checkSnippets(): readonly string[] {
  mkdirSync('node_modules/.cache', { recursive: true });
  // Within the repository, so that packages are found.
  const folder = mkdtempSync('node_modules/.cache/snippets-');
  try {
    for (const { path, text } of documents) {
      for (const [index, [, code = '']] of [...text.matchAll(/^```ts\n(.*?)^```/gms)].entries()) {
        mkdirSync(join(folder, dirname(path)), { recursive: true });
        writeFileSync(join(folder, `${path}.${index + 1}.ts`), `${code}\nexport {};\n`);
      }
    }
    // A snippet shows; it need not use all that it declares.
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: resolve('tsconfig.base.json'), compilerOptions }),
    );
    const { stdout, status } = spawnSync('node', ['node_modules/typescript-7/bin/tsc', '-p', folder], {
      encoding: 'utf8',
    });
    return status === 0 ? [] : stdout.replaceAll(`${folder}/`, '').split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
