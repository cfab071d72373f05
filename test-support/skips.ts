import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Remembers why the tests of `service` are skipped. Every worker may say so; a run says it once. */
export function noteSkip(service: string, reason: string): void {
  const notes = process.env.SESS_RUN_NOTES;
  if (notes !== undefined) writeFileSync(join(notes, service), reason);
}

/** One line for each service whose tests this run skipped. */
export function describeSkips(notes: string): string[] {
  return readdirSync(notes)
    .sort()
    .map((service) => `skipped: ${service} tests (${readFileSync(join(notes, service), 'utf8')})`);
}
