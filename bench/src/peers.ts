import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a peer library without its types: several of them declare a `session` of their own on the same request, which one TypeScript program
 * cannot hold. `T` is as much of it as is used here.
 */
export function loadPeer<T>(name: string): T {
  const loaded: { default?: unknown } = require(name);
  return (loaded.default ?? loaded) as T;
}

/** The installed version of a package. */
export function versionOf(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (require(`${folder}/${name}/package.json`) as { version: string }).version;
    } catch {
      // Not in this folder.
    }
  }
  return 'unknown';
}
