// Lists the packages that this repository publishes, and what each declares.
import { readdirSync, readFileSync } from 'node:fs';

export function readPublicPackages() {
  return readdirSync('packages')
    .map((folder) => JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')))
    .filter((pkg) => !pkg.private);
}
