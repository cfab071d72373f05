/**
 * Data as it was at one moment: for the root and every list and object below it, the object itself, the names of its fields
 * (`undefined` for a list) and their values, one after another.
 */
export type Snapshot = readonly unknown[];

/** The most objects it holds, too few to nest too deep; more get the full check. */
const maxObjects = 500;

/**
 * A snapshot of `data`; `undefined` unless JSON carries all of it as it stands: plain objects and lists of strings, finite numbers,
 * booleans and null. Comparing data with it takes a tenth of the time that writing its text would take.
 */
export function takeSnapshot(data: object): Snapshot | undefined {
  const snapshot: unknown[] = [data, Object.keys(data), Object.values(data)];
  for (let at = 0; at < snapshot.length; at += 3) {
    // An object with a `toJSON` may give another text although its fields are the same.
    if ('toJSON' in (snapshot[at] as object)) return undefined;
    const isList = snapshot[at + 1] === undefined;
    for (const value of snapshot[at + 2] as readonly unknown[]) {
      if (typeof value === 'string' || typeof value === 'boolean') continue;
      if (
        typeof value === 'number'
          ? !Number.isFinite(value)
          : typeof value !== 'object' && (isList || value !== undefined)
      )
        return undefined;
      if (typeof value !== 'object' || value === null) continue;
      if (snapshot.length >= maxObjects * 3) return undefined;
      if (Array.isArray(value)) snapshot.push(value, undefined, value.slice());
      else if (isPlain(value)) snapshot.push(value, Object.keys(value), Object.values(value));
      else return undefined;
    }
  }
  return snapshot;
}

/** Whether the data has the same text as when the snapshot was taken. `false` only means that the text has to be compared. */
export function isUnchanged(snapshot: Snapshot): boolean {
  for (let at = 0; at < snapshot.length; at += 3) {
    if ('toJSON' in (snapshot[at] as object)) return false;
    const names = snapshot[at + 1] as readonly string[] | undefined;
    const values = snapshot[at + 2] as readonly unknown[];
    const isSame =
      names === undefined
        ? isSameList(snapshot[at] as readonly unknown[], values)
        : isSameObject(snapshot[at] as Record<string, unknown>, names, values);
    if (!isSame) return false;
  }
  return true;
}

function isSameList(list: readonly unknown[], values: readonly unknown[]): boolean {
  if (list.length !== values.length) return false;
  for (let at = 0; at < values.length; at++) if (list[at] !== values[at]) return false;
  return true;
}

function isSameObject(object: Record<string, unknown>, names: readonly string[], values: readonly unknown[]): boolean {
  let at = 0;
  for (const name in object) {
    if (name !== names[at] || object[name] !== values[at]) return false;
    at++;
  }
  return at === names.length;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
