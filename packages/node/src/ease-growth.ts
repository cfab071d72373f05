/**
 * Makes adding properties cheap for a request or response whose prototype a framework has replaced, as Express does; leaves any other as
 * it is. V8 gives such an object a hidden class of its own for each property it gains, which takes 2 to 3 µs and a kilobyte: more than all
 * a session does. As a dictionary it gains them for next to nothing, including those that the framework adds later. An object becomes one
 * when a property is removed that is not its newest, so `key`, which must be among the first, is removed and put back.
 */
export function easeGrowth<T extends object>(object: T, key: keyof T & string): void {
  if (Object.getPrototypeOf(object) === object.constructor.prototype) return;
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property?.configurable !== true) return;
  Reflect.deleteProperty(object, key);
  Object.defineProperty(object, key, property);
}
