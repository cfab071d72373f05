import type { FileSystem } from '../src/file-system.js';

/** A folder is a map, a file is its text. */
type Folder = Map<string, Node>;
type Node = Folder | string;

/**
 * The store's file system in memory, so that a million interleavings can be tried in seconds. That it returns the same as the
 * machine's own does is itself tested, in `memory-file-system.prop.test.ts`.
 */
export class MemoryFileSystem implements FileSystem {
  #root: Folder = new Map();
  /** What `changedAt` says of everything. */
  changed = 0;

  /** Another file system with the same content. */
  clone(): MemoryFileSystem {
    const copy = new MemoryFileSystem();
    copy.#root = cloneFolder(this.#root);
    return copy;
  }

  /** Every path, folders with a slash at the end, in order. */
  paths(): string[] {
    return listPaths(this.#root, '').sort();
  }

  kind(path: string): 'folder' | 'missing' | 'foreign' {
    const found = this.#find(path);
    if (typeof found === 'string') return 'foreign';
    return found === undefined ? (this.#throughFile(path) ? 'foreign' : 'missing') : 'folder';
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  list(folder: string): readonly string[] | 'missing' | 'foreign' {
    const found = this.#find(folder);
    return found instanceof Map ? [...found.keys()] : (this.kind(folder) as 'missing' | 'foreign');
  }

  read(file: string): { readonly text: string } | 'missing' | 'foreign' {
    const found = this.#find(file);
    if (typeof found === 'string') return { text: found };
    return found === undefined && !this.#throughFile(file) ? 'missing' : 'foreign';
  }

  write(file: string, text: string): 'done' | 'missing' | 'exists' {
    const [parent, name] = this.#locate(file);
    if (parent === undefined) return 'missing';
    if (parent.has(name)) return 'exists';
    parent.set(name, text);
    return 'done';
  }

  makeFolder(folder: string, below?: string): void {
    if (below !== undefined && !this.exists(below)) throw new Error(`${below} is not there`);
    let current = this.#root;
    for (const name of partsOf(folder)) {
      let next = current.get(name);
      if (typeof next === 'string') throw new Error(`${folder}: a file is in the way`);
      if (next === undefined) {
        next = new Map();
        current.set(name, next);
      }
      current = next;
    }
  }

  rename(from: string, to: string): 'done' | 'missing' | 'occupied' {
    const [source, name] = this.#locate(from);
    const [target, newName] = this.#locate(to);
    if (source === undefined) return this.#throughFile(from) ? 'occupied' : 'missing';
    if (target === undefined) return this.#throughFile(to) ? 'occupied' : 'missing';
    const moved = source.get(name);
    if (moved === undefined) return 'missing';
    const there = target.get(newName);
    if (there instanceof Map && there !== moved && (typeof moved === 'string' || there.size > 0)) return 'occupied';
    if (typeof there === 'string' && moved instanceof Map) return 'occupied';
    source.delete(name);
    target.set(newName, moved);
    return 'done';
  }

  unlink(file: string): boolean {
    const [parent, name] = this.#locate(file);
    return typeof parent?.get(name) === 'string' && parent.delete(name);
  }

  removeFolder(folder: string): boolean {
    const [parent, name] = this.#locate(folder);
    const found = parent?.get(name);
    return found instanceof Map && found.size === 0 && parent?.delete(name) === true;
  }

  changedAt(path: string): number | undefined {
    return this.#find(path) === undefined ? undefined : this.changed;
  }

  async flush(path: string): Promise<'done' | 'missing'> {
    return this.#find(path) === undefined ? 'missing' : 'done';
  }

  flushNow(): void {}

  #find(path: string): Node | undefined {
    let current: Node | undefined = this.#root;
    // By hand: to make a list of the parts of every path was an eighth of what the interleavings cost.
    for (let start = 1; start < path.length; ) {
      if (!(current instanceof Map)) return undefined;
      const slash = path.indexOf('/', start);
      const end = slash === -1 ? path.length : slash;
      current = current.get(path.slice(start, end));
      start = end + 1;
    }
    return current;
  }

  #locate(path: string): [parent: Folder | undefined, name: string] {
    const end = path.lastIndexOf('/');
    const parent = this.#find(path.slice(0, end));
    return [parent instanceof Map ? parent : undefined, path.slice(end + 1)];
  }

  #throughFile(path: string): boolean {
    const parts = partsOf(path);
    return parts.some((_, end) => end > 0 && typeof this.#find(`/${parts.slice(0, end).join('/')}`) === 'string');
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function cloneFolder(folder: Folder): Folder {
  const copy: Folder = new Map();
  for (const [name, node] of folder) copy.set(name, typeof node === 'string' ? node : cloneFolder(node));
  return copy;
}

function listPaths(folder: Folder, path: string, paths: string[] = []): string[] {
  for (const [name, node] of folder) {
    const full = `${path}/${name}`;
    paths.push(typeof node === 'string' ? full : `${full}/`);
    if (typeof node !== 'string') listPaths(node, full, paths);
  }
  return paths;
}
