// What wire.ts uses of two packages that bring no types.
declare module 'express-session' {
  const session: unknown;
  export default session;
}

declare module 'connect-pg-simple' {
  type Done = (error?: unknown) => void;
  interface Store {
    get(sid: string, done: Done): void;
    set(sid: string, session: object, done: Done): void;
    touch(sid: string, session: object, done: Done): void;
    destroy(sid: string, done: Done): void;
  }
  interface Options {
    readonly pool: import('pg').Pool;
    readonly schemaName: string;
    readonly tableName: string;
    readonly pruneSessionInterval: false;
  }
  export default function connect(session: unknown): new (options: Options) => Store;
}
