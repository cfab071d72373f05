// Records where the published packages come from: writes `repository` into each package.json, by which npm links a README and
// a package's provenance to the source. Only the release knows it: it is the repository that the workflow runs in.
import { readFileSync, writeFileSync } from 'node:fs';
import { readPublicPackages } from './public-packages.mjs';

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
if (!server || !repository) {
  console.error('GITHUB_SERVER_URL and GITHUB_REPOSITORY are not set; the release workflow sets both.');
  process.exit(1);
}

for (const { name } of readPublicPackages()) {
  const directory = `packages/${name.replace('@sess/', '')}`;
  const file = `${directory}/package.json`;
  const pkg = JSON.parse(readFileSync(file, 'utf8'));
  pkg.repository = { type: 'git', url: `git+${server}/${repository}.git`, directory };
  writeFileSync(file, `${JSON.stringify(pkg, undefined, 2)}\n`);
}
