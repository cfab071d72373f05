import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { describe, expect, test } from 'vitest';
import { mutations } from './mutations/mutations.js';
import { describeMutations, promised } from './mutations/table.js';

describe('the list of deliberate breaks', () => {
  test.each(promised)('has one of %s', (number) => {
    expect(mutations.some(({ invariant }) => invariant === number)).toBe(true);
  });

  test.each(mutations)('$invariant: $breaks: the text to replace stands once in $file', ({ file, replace, by }) => {
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
    expect(source.split(replace)).toHaveLength(2);
    expect(by).not.toBe(replace);
    // One that does not even compile would turn every test red, and prove nothing.
    const { outputText } = transpileModule(source.replace(replace, by), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    });
    expect(() => new Script(outputText)).not.toThrow();
  });

  test.each(mutations)('$invariant: $breaks: the test is there', ({ test: file, name }) => {
    // The cases of the kit are named where they are defined.
    const source = file.includes('invariants') ? '../../conformance/src/schedule/session-cases.ts' : `../${file}`;
    const text = readFileSync(new URL(source, import.meta.url), 'utf8');
    const isThere = file.includes('sequences')
      ? text.includes('{ isPersistent: true, isAsync: false }')
      : text.includes(name);
    expect(isThere, name).toBe(true);
  });

  test('is what docs/invariants.md shows; `npm run test:mutations` writes it', () => {
    const page = readFileSync(new URL('../../../docs/invariants.md', import.meta.url), 'utf8');
    expect(page).toBe(describeMutations(mutations));
  });
});
