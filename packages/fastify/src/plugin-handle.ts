import { sealMembers } from '@sess/core';
import { type Callback, CallbackHandle } from '@sess/node';

type Keep = { readonly keep?: readonly string[] };

/**
 * The session's object on Fastify, with what Fastify's own plugins expect of one (`@fastify/passport`, `@fastify/flash`). Its type does not show
 * these: in an application, data is plain properties.
 */
export class PluginHandle extends CallbackHandle {
  /** The value of a field; `undefined` if there is none. */
  get(key: string): unknown {
    return Object.hasOwn(this, key) ? Reflect.get(this, key) : undefined;
  }

  /** Sets a field; `undefined` removes it. */
  set(key: string, value: unknown): void {
    if (value === undefined) Reflect.deleteProperty(this, key);
    else Object.assign(this, { [key]: value });
  }

  /** Also takes a list of the fields to keep. */
  override regenerate(options?: Keep | readonly string[] | Callback, callback?: Callback): Promise<void> {
    return super.regenerate(isList(options) ? { keep: options } : options, callback);
  }
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

sealMembers(PluginHandle);
