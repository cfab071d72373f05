import { type RequestListener, request as requestUpstream } from 'node:http';

/** A proxy that gives each request of a page or a form to the next of the servers in turn, and says to which in `X-Served-By`. */
export function rotatingProxy(servers: Readonly<Record<string, string>>): RequestListener {
  const all = Object.entries(servers);
  let turn = 0;
  return (req, res) => {
    const isPage = ['/', '/name', '/logout'].includes(req.url ?? '');
    const [name = '', origin = ''] = all[isPage ? turn++ % all.length : 0] ?? [];
    const { method, headers, url } = req;
    const upstream = requestUpstream(origin + url, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'x-served-by': name });
      answer.pipe(res);
    });
    upstream.on('error', () => res.writeHead(502).end());
    req.pipe(upstream);
  };
}
