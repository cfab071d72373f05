import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { easeGrowth } from './ease-growth.js';

function createResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

describe('easeGrowth', () => {
  it('leaves a response with another prototype what it was, in another order', () => {
    const response = createResponse();
    Object.setPrototypeOf(response, Object.create(ServerResponse.prototype));
    const before = Object.getOwnPropertyDescriptors(response);

    easeGrowth(response, 'req');

    expect(Object.getOwnPropertyDescriptors(response)).toEqual(before);
    expect(Object.keys(response).at(-1)).toBe('req');
  });

  it('does not touch a response with its own prototype', () => {
    const response = createResponse();
    const before = Object.keys(response);

    easeGrowth(response, 'req');

    expect(Object.keys(response)).toEqual(before);
  });

  it('does not touch a property that is inherited or cannot be put back', () => {
    const inherits = Object.create({ a: 1 }) as { a: number };
    const fixed = Object.create({}, { a: { value: 1 } }) as { a: number };

    easeGrowth(inherits, 'a');
    easeGrowth(fixed, 'a');

    expect(Object.hasOwn(inherits, 'a')).toBe(false);
    expect(fixed.a).toBe(1);
  });
});
