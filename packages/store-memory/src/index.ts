export { type MemoryStore, memoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './options.js';
