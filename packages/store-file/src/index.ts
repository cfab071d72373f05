export { FileStoreError } from './errors.js';
export { type FileStore, fileStore } from './file-store.js';
export type { FileStoreOptions } from './options.js';
export type { FileStoreProblem } from './problems.js';
