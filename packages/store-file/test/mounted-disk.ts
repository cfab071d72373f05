import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, in memory. */
export interface MountedDisk {
  readonly directory: string;
  /** Whether it can be written to. */
  setWritable(writable: boolean): void;
  /** Takes the disk away from its directory; returns how to bring it back. */
  detach(): () => void;
  /** Makes what is on the disk by now the lower layer of what is seen in its directory, as an image is of a container. */
  cover(): void;
  remove(): void;
}

/** Mounts a disk of so many kilobytes; `undefined` where this process may not. */
export function mountDisk(kilobytes: number): MountedDisk | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'sess-disk-'));
  const options = `size=${kilobytes}k,mode=700`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    rmdirSync(directory);
    return undefined;
  }
  let layers: string | undefined;
  return {
    directory,
    setWritable(writable) {
      execFileSync('mount', ['-o', `remount,${options},${writable ? 'rw' : 'ro'}`, directory]);
    },
    detach() {
      const elsewhere = mkdtempSync(join(tmpdir(), 'sess-disk-'));
      execFileSync('mount', ['--bind', directory, elsewhere]);
      execFileSync('umount', [directory]);
      return () => {
        execFileSync('mount', ['--bind', elsewhere, directory]);
        execFileSync('umount', [elsewhere]);
        rmdirSync(elsewhere);
      };
    },
    cover() {
      // On a disk of its own, since the layers of one mount may not lie in the folder that it covers.
      layers = mkdtempSync(join(tmpdir(), 'sess-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', layers]);
      for (const layer of ['upper', 'work']) mkdirSync(join(layers, layer));
      const paths = `lowerdir=${directory},upperdir=${layers}/upper,workdir=${layers}/work`;
      execFileSync('mount', ['-t', 'overlay', '-o', paths, 'overlay', directory]);
    },
    remove() {
      if (layers !== undefined) {
        execFileSync('umount', [directory]);
        execFileSync('umount', [layers]);
        rmdirSync(layers);
      }
      execFileSync('umount', [directory]);
      rmdirSync(directory);
    },
  };
}
