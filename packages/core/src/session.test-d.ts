import { expectTypeOf, test } from 'vitest';
import { createSessions, type LoginOptions, type Session, type SessionStore, type UntypedData } from './index.js';

declare const store: SessionStore;

interface Shop {
  name?: string;
  cart: number[];
}

declare const session: Session<Shop>;
declare const untyped: Session;

test('data is plain properties', () => {
  expectTypeOf(session.name).toEqualTypeOf<string | undefined>();
  expectTypeOf(session.cart).toEqualTypeOf<number[]>();
  session.name = 'Ann';
  delete session.name;
  // @ts-expect-error: a name is a text.
  session.name = 7;
  // @ts-expect-error: there is no such field.
  session.nmae = 'Ann';
  // @ts-expect-error: every session has a cart.
  delete session.cart;
});

test('facts can be read and not written', () => {
  expectTypeOf(session.id).toEqualTypeOf<string>();
  expectTypeOf(session.isNew).toEqualTypeOf<boolean>();
  expectTypeOf(session.isDestroyed).toEqualTypeOf<boolean>();
  expectTypeOf(session.subject).toEqualTypeOf<string | undefined>();
  expectTypeOf(session.createdAt).toEqualTypeOf<number>();
  expectTypeOf(session.authenticatedAt).toEqualTypeOf<number | undefined>();
  expectTypeOf(session.isRemembered).toEqualTypeOf<boolean>();
  expectTypeOf(session.expiresAt).toEqualTypeOf<number>();
  // @ts-expect-error: the id is Session's to give.
  session.id = 'mine';
  // @ts-expect-error: use login.
  session.subject = 'ann';
});

test('verbs', () => {
  expectTypeOf(session.save).toEqualTypeOf<() => Promise<void>>();
  expectTypeOf(session.reload).toEqualTypeOf<() => Promise<void>>();
  expectTypeOf(session.touch).toEqualTypeOf<() => Promise<void>>();
  expectTypeOf(session.rotate).toEqualTypeOf<() => Promise<void>>();
  expectTypeOf(session.destroy).toEqualTypeOf<() => Promise<void>>();
  expectTypeOf(session.login).toEqualTypeOf<(subject: string, options?: LoginOptions) => Promise<void>>();
  session.replace({ cart: [] });
  void session.regenerate();
  void session.regenerate({ keep: ['cart', 'name'] });
  // @ts-expect-error: a subject is a text.
  void session.login(7);
  void session.login('ann', { remember: true });
  // @ts-expect-error: it is called remember.
  void session.login('ann', { remeber: true });
  // @ts-expect-error: it is said what is true.
  void session.login('ann', true);
  // @ts-expect-error: a form's text is to be compared first.
  void session.login('ann', { remember: 'on' });
  // @ts-expect-error: a cart is missing.
  session.replace({ name: 'Ann' });
  // @ts-expect-error: there is no such field to keep.
  void session.regenerate({ keep: ['nmae'] });
});

test('a helper for sessions of any type', () => {
  const helpers = {
    keep: <T extends object>(of: Session<T>, key: keyof T & string) => of.regenerate({ keep: [key] }),
    logIn: <T extends { name?: string }>(of: Session<T>, name: string) => {
      of.name = name;
      return of.login(name, { remember: true });
    },
    reset: <T extends object>(of: Session<T>, data: T) => of.replace(data),
  };

  void helpers.keep(session, 'cart');
  // @ts-expect-error: there is no such field.
  void helpers.keep(session, 'crat');
  void helpers.logIn(session, 'ann');
  helpers.reset(session, { cart: [] });
});

test('without a type any field may be there, and what it holds is to be found out', () => {
  expectTypeOf(untyped.anything).toEqualTypeOf<unknown>();
  untyped.anything = { at: 'all' };
  expectTypeOf(untyped.id).toEqualTypeOf<string>();
  expectTypeOf(untyped.isNew).toEqualTypeOf<boolean>();
  expectTypeOf<UntypedData>().toEqualTypeOf<Record<string, unknown>>();
  // @ts-expect-error: facts are facts here too.
  untyped.id = 'mine';
});

test('data with an index signature keep the members’ types', () => {
  const texts = {} as Session<Record<string, string>>;
  expectTypeOf(texts.any).toEqualTypeOf<string | undefined>();
  expectTypeOf(texts.isNew).toEqualTypeOf<boolean>();
  expectTypeOf(texts.expiresAt).toEqualTypeOf<number>();
});

test('a discriminated union is narrowed by its tag and changes its variant by replace', async () => {
  type Checkout = { step: 'address' } | { step: 'payment'; address: string } | { step: 'done'; order: number };
  const sessions = createSessions<Checkout>({ store, initial: { step: 'address' } });
  const { session: checkout } = await sessions.open({ cookie: undefined, https: true });
  expectTypeOf(checkout.step).toEqualTypeOf<'address' | 'payment' | 'done'>();
  if (checkout.step === 'payment') {
    expectTypeOf(checkout.address).toEqualTypeOf<string>();
    checkout.replace({ step: 'done', order: 7 });
    await checkout.save();
  }
  if (checkout.step === 'done') expectTypeOf(checkout.order).toEqualTypeOf<number>();
  // @ts-expect-error: an address is not there before the payment.
  void checkout.address;
  // @ts-expect-error: a variant is replaced as a whole.
  checkout.replace({ step: 'payment' });
  // @ts-expect-error: and not made of another's fields.
  checkout.replace({ step: 'address', order: 7 });
});
