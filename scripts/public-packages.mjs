// Answers: which packages does this repository publish, and what does each declare?
import { readdirSync, readFileSync } from 'node:fs';

export function readPublicPackages() {
  return readdirSync('packages')
    .map((folder) => JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')))
    .filter((pkg) => !pkg.private);
}
