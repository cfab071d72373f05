import { type MakeStore, type Opened, type StoreHarness, storeCases } from '@sess/conformance';
import type { SessionStore } from '@sess/core';
import { memoryStore } from '@sess/store-memory';
import { expectTypeOf, test } from 'vitest';

test('what open answers is what the other functions are given', () => {
  storeCases({
    open: ({ clock }) => ({ store: memoryStore({ clock }), folder: '/tmp/x' }),
    connect: (opened) => {
      expectTypeOf(opened.folder).toBeString();
      return opened.store;
    },
    dispose: ({ folder }) => {
      expectTypeOf(folder).toBeString();
    },
  });
});

test('a function stands for a harness', () => {
  expectTypeOf<({ clock }: Parameters<MakeStore>[0]) => Promise<SessionStore>>().toExtend<MakeStore>();
  storeCases(() => memoryStore());
});

test('a harness must be able to open a store', () => {
  // @ts-expect-error there is no open
  storeCases({ abilities: ['sweep'] });
  // @ts-expect-error open returns no store
  storeCases({ open: () => ({}) });
  // @ts-expect-error there is no such ability
  storeCases({ abilities: ['fly'], open: () => ({ store: memoryStore() }) });
  expectTypeOf<StoreHarness>().toEqualTypeOf<StoreHarness<Opened>>();
});
