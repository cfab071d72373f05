// An application as one would write it for a worker, with the default store: one isolate answers all requests of the check.
import { session } from '@sess/fetch';

const sessions = session({ secret: 'a key for the check' });

export default {
  fetch: (request: Request): Promise<Response> =>
    sessions.handle(request, async (visit) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/login') await visit.login('ada');
      if (pathname === '/logout') await visit.destroy();
      else visit.visits = Number(visit.visits ?? 0) + 1;
      return Response.json({ subject: visit.subject, visits: visit.visits });
    }),
};
