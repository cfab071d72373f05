// What scale.ts uses of two packages that bring no types.
declare module 'express-session' {
  const session: unknown;
  export default session;
}

declare module 'session-file-store' {
  type Done = (error?: unknown, value?: unknown) => void;
  interface PeerStore {
    readonly options: object;
    get(id: string, done: Done): void;
    set(id: string, session: object, done: Done): void;
    touch(id: string, session: object, done: Done): void;
    destroy(id: string, done: Done): void;
  }
  interface Options {
    readonly path: string;
    readonly ttl: number;
    readonly retries: number;
    readonly reapInterval: number;
    readonly logFn: () => void;
  }
  export default function connect(session: unknown): new (options: Options) => PeerStore;
}

declare module 'session-file-store/lib/session-file-helpers.js' {
  const helpers: { reap(options: object, done: (error?: unknown) => void): void };
  export default helpers;
}
