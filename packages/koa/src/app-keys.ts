import { SessError } from '@sess/core';
import type Koa from 'koa';

/** The keys of `app.keys`, if it is a list; a Keygrip does not reveal its keys. */
export function readAppKeys(app: Koa | undefined): readonly string[] | undefined {
  const keys = app?.keys;
  if (keys === undefined || isTexts(keys)) return keys;
  throw new SessError(
    'ERR_SESS_CONFIG',
    'app.keys is not a list of strings (a Keygrip, perhaps), so session() cannot sign cookies with it. Give session() the option secret.',
  );
}

function isTexts(keys: unknown): keys is readonly string[] {
  return Array.isArray(keys) && keys.every((key) => typeof key === 'string');
}
