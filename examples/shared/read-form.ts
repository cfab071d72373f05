import type { IncomingMessage } from 'node:http';

/** The fields of a form, for servers without a body parser. A form of more than 10 KB is an error. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 10_000) throw new Error('The form is too long.');
  }
  return new URLSearchParams(text);
}
