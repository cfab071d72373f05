export { Database } from './database.js';
export { myStore } from './my-store.js';
export type { MyStoreOptions } from './options.js';
