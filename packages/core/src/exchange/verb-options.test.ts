import { describe, expect, test } from 'vitest';
import { assertNewData, readKeep } from './verb-options.js';

describe('readKeep', () => {
  test.each([[undefined], [null], [{}], [{ keep: undefined }]])('%o keeps nothing', (options) => {
    expect(readKeep(options)).toEqual([]);
  });

  test('names are kept', () => {
    expect(readKeep({ keep: ['cart'] })).toEqual(['cart']);
  });

  test.each<[unknown, string]>([
    [['cart'], "regenerate takes options such as { keep: ['cart'] }, and was given a list."],
    ['cart', "regenerate takes options such as { keep: ['cart'] }, and was given a string."],
    [{ keeps: ['cart'] }, 'regenerate has no option keeps; there is keep.'],
    [{ keep: 'cart' }, "regenerate: keep takes a list of names, such as { keep: ['cart'] }."],
    [{ keep: [7] }, "regenerate: keep takes a list of names, such as { keep: ['cart'] }."],
  ])('%j is refused', (options, message) => {
    expect(() => readKeep(options)).toThrow(expect.objectContaining({ code: 'ERR_SESS_CONFIG', message }));
  });
});

test.each<[unknown, string]>([
  [undefined, 'of type undefined'],
  [null, 'null'],
  ['text', 'of type string'],
  [[1], 'a list'],
  [Promise.resolve({ name: 'Ann' }), 'a promise'],
])('replace(%j) is refused', (data, given) => {
  expect(() => assertNewData(data)).toThrow(
    expect.objectContaining({
      code: 'ERR_SESS_DATA',
      message: `session.replace() takes an object with the new data; what it was given is ${given}.`,
    }),
  );
});
