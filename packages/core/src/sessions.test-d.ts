import { type as arktype } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  type Awaitable,
  type Codec,
  createSessions,
  type Exchange,
  type Session,
  type SessionStore,
  type SessionSummary,
  type UntypedData,
} from './index.js';

declare const store: SessionStore;
declare const codec: Codec;

type DataOf<S> = S extends { open(request: never): Awaitable<Exchange<infer T>> } ? T : never;

test('the data’s type comes from a schema: Zod', () => {
  const schema = z.object({ name: z.string().optional(), visits: z.coerce.number().default(0) });
  const sessions = createSessions({ store, schema });
  expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<{ name?: string | undefined; visits: number }>();
  expectTypeOf(sessions.list).returns.resolves.toEqualTypeOf<
    readonly SessionSummary<{ name?: string | undefined; visits: number }>[]
  >();
});

test('Valibot', () => {
  const schema = v.object({ name: v.optional(v.string()), tags: v.optional(v.array(v.string()), []) });
  const sessions = createSessions({ store, schema });
  expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<{ name?: string | undefined; tags: string[] }>();
});

test('ArkType', () => {
  const sessions = createSessions({
    store,
    schema: arktype({ 'name?': 'string', visits: 'number' }),
    initial: { visits: 0 },
  });
  expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<{ name?: string; visits: number }>();
});

test('a discriminated union of a schema', async () => {
  const schema = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('guest') }),
    z.object({ kind: z.literal('member'), name: z.string() }),
  ]);
  const sessions = createSessions({ store, schema, initial: { kind: 'guest' } });
  const { session } = await sessions.open({ cookie: undefined, https: true });
  if (session.kind === 'member') expectTypeOf(session.name).toEqualTypeOf<string>();
  session.replace({ kind: 'member', name: 'Ann' });
});

test('the data’s type is given as a parameter, or there is none', async () => {
  const sessions = createSessions<{ name?: string }>({ store });
  expectTypeOf<DataOf<typeof sessions>>().toEqualTypeOf<{ name?: string }>();
  const exchange = await sessions.open({ cookie: undefined, https: true });
  expectTypeOf(exchange.session).toEqualTypeOf<Session<{ name?: string }>>();

  const untyped = createSessions({ store });
  expectTypeOf<DataOf<typeof untyped>>().toEqualTypeOf<UntypedData>();
});

test('a schema of something else than an object is refused', () => {
  // @ts-expect-error: data is an object.
  createSessions({ store, schema: z.string() });
  // @ts-expect-error: data is an object.
  createSessions({ store, schema: v.number() });
});

test('reserved names are refused, wherever they come from', () => {
  // @ts-expect-error: id
  createSessions<{ id: string }>({ store });
  // @ts-expect-error: an optional one, too
  createSessions<{ subject?: string }>({ store });
  // @ts-expect-error: a verb
  createSessions<{ save: boolean }>({ store });
  // @ts-expect-error: in one variant
  createSessions<{ kind: 'a' } | { kind: 'b'; destroy: boolean }>({ store, initial: { kind: 'a' } });
  // @ts-expect-error: of a schema
  createSessions({ store, schema: z.object({ expiresAt: z.number().optional() }) });
  // @ts-expect-error: of a schema of Valibot's
  createSessions({ store, schema: v.object({ touch: v.optional(v.string()) }) });
  // @ts-expect-error: of a schema of ArkType's
  createSessions({ store, schema: arktype({ 'login?': 'string' }) });
  // @ts-expect-error: of a schema that lets other fields pass
  createSessions({ store, schema: z.looseObject({ id: z.string().optional() }) });
  createSessions<{ ids?: string[]; cookie?: string; user?: { id: string } }>({ store });
  createSessions({ store, schema: z.looseObject({ name: z.string().optional() }) });
});

test('fields that JSON does not carry need a codec', () => {
  createSessions<{ at?: Date }>({ store, codec });
  // @ts-expect-error: Date
  createSessions<{ at?: Date }>({ store });
  // @ts-expect-error: Map
  createSessions<{ cart?: Map<string, number> }>({ store });
  // @ts-expect-error: Set
  createSessions<{ tags?: ReadonlySet<string> }>({ store });
  // @ts-expect-error: bigint
  createSessions<{ balance?: bigint }>({ store });
  // @ts-expect-error: a function
  createSessions<{ onLogin?: () => void }>({ store });
  // @ts-expect-error: bytes
  createSessions<{ avatar?: Uint8Array }>({ store });
  // @ts-expect-error: deep inside
  createSessions<{ orders?: { placed: { at: Date }[] }[] }>({ store });
  // @ts-expect-error: in one variant
  createSessions<{ kind: 'a' } | { kind: 'b'; at: Date }>({ store, initial: { kind: 'a' } });
  const schema = z.object({ at: z.date().optional(), since: z.date().optional() });
  createSessions({ store, schema, codec });
  // @ts-expect-error: of a schema
  createSessions({ store, schema });
  // @ts-expect-error: beside fields of any name
  createSessions({ store, schema: z.looseObject({ at: z.date().optional() }) });
});

test('what JSON carries needs none', () => {
  interface Tree {
    label: string;
    children: Tree[];
  }
  type Brand = string & { readonly '~brand': 'UserId' };
  type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
  enum Role {
    Guest,
    Admin,
  }
  createSessions<{
    text?: string;
    number?: number;
    flag?: boolean;
    nothing?: null;
    list?: readonly string[];
    pair?: [number, string];
    record?: Record<string, number>;
    tree?: Tree;
    json?: JsonValue;
    document?: { tree: Tree; json: JsonValue };
    brand?: Brand;
    role?: Role;
    whatever?: unknown;
    message?: { name: string; message: string };
  }>({ store });
  createSessions({ store, schema: z.object({ json: z.json().optional() }) });
});

test('initial data is of the data’s type, or a function that makes it', () => {
  createSessions<{ cart: number[] }>({ store, initial: { cart: [] } });
  createSessions<{ cart: number[] }>({ store, initial: () => ({ cart: [] }) });
  // @ts-expect-error: a cart of numbers
  createSessions<{ cart: number[] }>({ store, initial: { cart: ['a'] } });
  // @ts-expect-error: no cart
  createSessions<{ cart: number[] }>({ store, initial: {} });
  // @ts-expect-error: what the schema has not got
  createSessions({ store, schema: z.object({ a: z.number().default(0) }), initial: { b: 1 } });
});

test('initial data does not say what the type is, which would be too narrow', () => {
  const fromObject = createSessions({ store, initial: { cart: [], user: null } });
  expectTypeOf<DataOf<typeof fromObject>>().toEqualTypeOf<UntypedData>();
  const fromFunction = createSessions({ store, initial: () => ({ cart: [] }) });
  expectTypeOf<DataOf<typeof fromFunction>>().toEqualTypeOf<UntypedData>();
  // @ts-expect-error: no object.
  createSessions({ store, initial: null });
});

test('without a schema, fields that every session is said to have need initial data', () => {
  // @ts-expect-error: a new session has no name.
  createSessions<{ name: string }>({ store });
  // @ts-expect-error: nor is it of any variant.
  createSessions<{ kind: 'a' } | { kind: 'b'; name: string }>({ store });
  createSessions<{ name: string }>({ store, initial: { name: '' } });
  createSessions<{ name: string }>({ store, initial: () => ({ name: '' }) });
  createSessions<{ name?: string; visits?: number | undefined }>({ store });
  createSessions<{ name?: string } | { kind: 'b' }>({ store });
  createSessions<Record<string, number>>({ store });
  createSessions<object>({ store });
  // What a schema makes of an empty session is its own affair, and known at construction.
  createSessions({ store, schema: z.object({ name: z.string() }) });
});

test('options that cannot be', () => {
  // @ts-expect-error: a store is needed.
  createSessions({});
  // @ts-expect-error: the token is never shown to scripts.
  createSessions({ store, cookie: { httpOnly: false } });
  // @ts-expect-error: in lower case.
  createSessions({ store, cookie: { sameSite: 'Lax' } });
  // @ts-expect-error: no duration.
  createSessions({ store, idleTimeout: 'soon' });
  // @ts-expect-error: a limit is switched off by writing false.
  createSessions({ store, idleTimeout: null });
  // @ts-expect-error: there is no such option.
  createSessions({ store, resave: false });
});
