// An application that has registered its plugin, and so types `request.session` everywhere. It is a program of its own,
// since a registration holds for a whole program.
import { session } from '@sess/fastify';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

const sessions = session({ schema: z.object({ name: z.string().optional() }), secret: 'k' });

declare module '@sess/fastify' {
  interface Register {
    session: typeof sessions;
  }
}

export function handle(request: FastifyRequest): string {
  request.session.name = 'John';
  // @ts-expect-error: a name is a text.
  request.session.name = 7;
  // @ts-expect-error: the schema has no such field.
  request.session.nmae = 'John';
  request.session = null;
  return request.session.id;
}
