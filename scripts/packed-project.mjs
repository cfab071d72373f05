// Makes a project that has installed exactly the packed packages and what they declare.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A project in `folder`, made without a registry: the tarballs are unpacked, third-party packages are linked from this
 * repository's node_modules. Only declared ones: an import that was forgotten in package.json fails here as it would for users.
 */
export async function installPacked(packages, tarballs, folder) {
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  await mkdir(modules, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "private": true }\n');

  for (const pkg of packages) {
    const target = join(modules, pkg.name);
    await mkdir(target, { recursive: true });
    await run('tar', ['-xzf', tarballs.get(pkg.name), '-C', target, '--strip-components=1']);
  }
  const declared = packages.flatMap((pkg) =>
    Object.keys({ ...pkg.dependencies, ...pkg.peerDependencies }).map((name) => [pkg, name]),
  );
  // Every project that type-checks for Node has these.
  declared.push([undefined, '@types/node']);
  for (const [pkg, name] of declared) await link(name, pkg, modules);
  return project;
}

async function link(name, pkg, modules) {
  const target = join(modules, name);
  if (existsSync(target)) return;
  const nested = pkg && resolve('packages', pkg.name.replace('@sess/', ''), 'node_modules', name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(nested && existsSync(nested) ? nested : resolve('node_modules', name), target);
}
