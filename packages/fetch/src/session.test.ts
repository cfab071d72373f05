import { expect, test } from 'vitest';
import { session } from './index.js';

test('onError is asked once; what it throws itself rejects', async () => {
  const asked: unknown[] = [];
  const sessions = session({
    onError(error) {
      asked.push(error);
      throw new Error('from onError', { cause: error });
    },
  });
  const problem = new Error('from the handler');
  const answer = sessions.handle(new Request('http://localhost/'), () => {
    throw problem;
  });

  await expect(answer).rejects.toThrow('from onError');
  expect(asked).toEqual([problem]);
});

test('a call without options says what to write', () => {
  expect(() => (session as unknown as () => void)()).toThrow(/session\(\{\}\)/);
});
