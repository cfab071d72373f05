import { headersSentError } from './node-errors.js';
import { isHttp2, type Response } from './response.js';

/**
 * Stands in for an HTTP/1 head that is determined but held back. Node shows it to nobody. It is a complete answer
 * all the same, so that code that bypasses the hold with a method it obtained earlier sends this, and not
 * an answer whose session was never saved.
 */
const placeholder = 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Restores a response's earlier state. */
export type Undo = () => void;

/**
 * Freezes the head of a response that has sent nothing: until undone, `headersSent` is true and every change throws what
 * Node throws.
 */
export function freezeHead(response: Response): Undo {
  // A status may be set at any time; after the head it has no effect.
  const { statusCode } = response;
  const statusMessage = isHttp2(response) ? undefined : response.statusMessage;
  // Node's own checks of an HTTP/1 response look at this property, and so does middleware such as `compression`.
  const thaw = Object.hasOwn(response, '_header')
    ? freezeHttp1(response as Response & Http1Head)
    : freezeOther(response);
  return () => {
    thaw();
    response.statusCode = statusCode;
    if (!isHttp2(response)) response.statusMessage = statusMessage;
  };
}

interface Http1Head {
  _header: string | null;
}

function freezeHttp1(response: Http1Head): Undo {
  const before = response._header;
  response._header = placeholder;
  return () => {
    response._header = before;
  };
}

function freezeOther(response: Response): Undo {
  const refuse = (verb: 'set' | 'append' | 'remove') => () => {
    throw headersSentError(response, verb);
  };
  return override(response, {
    headersSent: { get: () => true },
    setHeader: { value: refuse('set'), writable: true },
    appendHeader: { value: refuse('append'), writable: true },
    removeHeader: { value: refuse('remove'), writable: true },
  });
}

/** Makes `writableEnded` true until it is undone. */
export function markEnded(response: Response): Undo {
  // Node's own `finished` must stay false: for a pipelined response it means that nothing more will come.
  return override(response, { writableEnded: { get: () => true } });
}

function override(response: Response, properties: Readonly<Record<string, PropertyDescriptor>>): Undo {
  const before = Object.keys(properties).map(
    (name) => [name, Object.getOwnPropertyDescriptor(response, name)] as const,
  );
  for (const [name, property] of Object.entries(properties)) {
    Object.defineProperty(response, name, { ...property, configurable: true });
  }
  return () => {
    for (const [name, property] of before) {
      if (property === undefined) Reflect.deleteProperty(response, name);
      else Object.defineProperty(response, name, property);
    }
  };
}
