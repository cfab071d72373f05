import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';

/** What a user writes, and what the compiler must say about it, in words that tell what to do. */
const cases: readonly { readonly name: string; readonly code: string; readonly says: RegExp }[] = [
  {
    name: 'a reserved name in a type parameter',
    code: 'createSessions<{ id: string }>({ store });',
    says: /"This name is reserved by Session: choose another for the field"/,
  },
  {
    name: 'a reserved name in a schema: the message names it',
    code: 'createSessions({ store, schema: {} as Schema<{ name: string; destroy?: string }> });',
    says: /'"~the name of the field destroy is reserved by Session"' is missing/,
  },
  {
    name: 'a type parameter beside a schema',
    code: 'createSessions<{ name?: string }>({ store, schema: {} as Schema<{ name?: string }> });',
    says: /'~leave out the type parameter: the schema types the data'' is missing/,
  },
  {
    name: 'a field that a new session lacks: the message names it',
    code: 'createSessions<{ name: string; visits?: number }>({ store });',
    says: /Property 'initial' is missing .* required in type 'NewSessionLacks<"name">'/s,
  },
  {
    name: 'a field that a new session lacks, beside others of any name',
    code: 'createSessions<{ name: string; [other: string]: unknown }>({ store });',
    says: /Property 'initial' is missing .* required in type 'NewSessionLacks<"name">'/s,
  },
  {
    name: 'initial data that is none',
    code: 'createSessions({ store, initial: null });',
    says: /Type 'null' is not assignable to type 'UntypedData \| \(\(\) => UntypedData\)'/,
  },
  {
    name: 'a field that JSON does not carry, in a type parameter: the message names it',
    code: 'createSessions<{ name?: string; lastVisit?: Date }>({ store });',
    says: /Property 'codec' is missing .* required in type 'JsonCannotCarry<"lastVisit">'/s,
  },
  {
    name: 'a field that JSON does not carry, in a schema',
    code: 'createSessions({ store, schema: {} as Schema<{ cart?: Map<string, number> }> });',
    says: /Property 'codec' is missing .* required in type 'JsonCannotCarry<"cart">'/s,
  },
  {
    name: 'a merge rule that does not fit',
    code: "createSessions<{ name?: string }>({ store, merge: { name: 'counter' } });",
    says: /Type '"counter"' is not assignable to type 'MergeRule<string \| undefined>/,
  },
  {
    name: 'a merge rule for a field there is not',
    code: "createSessions<{ visits?: number }>({ store, merge: { visit: 'counter' } });",
    says: /'visit' does not exist in type 'MergeRules<\{ visits\?: number[^}]*\}>'/,
  },
  {
    name: 'a field there is not',
    code: 'declare const session: Session<{ name?: string }>; session.nmae = "Ann";',
    says: /Property 'nmae' does not exist on type 'Session<\{ name\?: string[^}]*\}>'/,
  },
  {
    name: 'httpOnly switched off',
    code: 'createSessions({ store, cookie: { httpOnly: false } });',
    says: /Type 'false' is not assignable to type 'true'/,
  },
];

const messages = new Map<string, string>();

beforeAll(() => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const configPath = ts.findConfigFile(folder, ts.sys.fileExists, 'tsconfig.base.json') ?? '';
  const { config } = ts.readConfigFile(configPath, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, configPath.replace(/[^/\\]+$/, ''), {
    noEmit: true,
  });
  // Nothing in the cases needs Node's types, which take longer to read than all the rest.
  options.types = [];
  const prelude = `import { createSessions, type Schema, type Session, type SessionStore } from '@sess/core';
    declare const store: SessionStore;
    export type Used = [typeof createSessions, Schema, Session, typeof store];`;
  const sources = new Map(
    cases.map(({ name, code }, at) => [`${folder}case-${at}.ts`, { name, text: `${prelude}\n${code}` }]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  host.getSourceFile = (path, version) => {
    const source = sources.get(path);
    return source === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, source.text, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  for (const [path, { name }] of sources) {
    const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(path));
    messages.set(
      name,
      diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n'),
    );
  }
});

describe('what the compiler says', () => {
  test.each(cases)('$name', ({ name, says }) => {
    expect(messages.get(name)).toMatch(says);
  });
});
