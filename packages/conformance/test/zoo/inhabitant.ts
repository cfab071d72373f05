import type { Opened, StoreHarness } from '@sess/conformance';
import type { Clock } from '@sess/core';
import { type AnyStore, type Disk, harnessOf, PlainStore } from './plain-store.js';

/** A store that is broken in one way. */
export interface Inhabitant {
  /** Named after the defect. */
  readonly name: string;
  /** What it does wrong, in words that end the sentence "This store …". */
  readonly defect: string;
  readonly harness: StoreHarness<Opened>;
}

type StoreClass = new (disk: Disk, clock: Clock) => AnyStore;

/** A defect told as a class: usually one that overrides a method of `PlainStore`. */
export function brokenClass(name: string, defect: string, Store: StoreClass): Inhabitant {
  return brokenHarness(
    name,
    defect,
    harnessOf((disk, clock) => new Store(disk, clock)),
  );
}

/** A defect told as the methods that replace those of a plain store, which they are given. */
export function broken(name: string, defect: string, replace: (plain: PlainStore) => Partial<AnyStore>): Inhabitant {
  return brokenHarness(
    name,
    defect,
    harnessOf((disk, clock) => {
      const plain = new PlainStore(disk, clock);
      const inherited = {
        create: plain.create.bind(plain),
        read: plain.read.bind(plain),
        update: plain.update.bind(plain),
        touch: plain.touch.bind(plain),
        destroy: plain.destroy.bind(plain),
        list: plain.list.bind(plain),
        sweep: plain.sweep.bind(plain),
        close: plain.close.bind(plain),
      };
      return { ...inherited, ...replace(plain) };
    }),
  );
}

/** A defect that the harness has a part in, such as what a crash leaves. */
export function brokenHarness<O extends Opened>(name: string, defect: string, harness: StoreHarness<O>): Inhabitant {
  // What `open` returns is only ever handed back to the same harness.
  return { name, defect, harness: harness as unknown as StoreHarness<Opened> };
}

/** One turn of the event queue, as a call over a network would take. */
export async function tick(): Promise<void> {
  await undefined;
}
