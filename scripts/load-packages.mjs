// Loads every built package by import and by require: on the oldest supported Node, where the tools for the rest of the
// checks do not run.
import { createRequire } from 'node:module';
import { readPublicPackages } from './public-packages.mjs';

const require = createRequire(import.meta.url);
for (const { name } of readPublicPackages()) {
  const [imported, required] = [await import(name), require(name)];
  if (Object.keys(imported).length === 0 || Object.keys(required).length === 0)
    throw new Error(`${name} exports nothing.`);
  console.log(`${name} loads on Node ${process.version}`);
}
