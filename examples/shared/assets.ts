import { readFileSync } from 'node:fs';

/** A file that the page asks for. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

const assets: ReadonlyMap<string, Asset> = new Map([
  ['/style.css', { type: 'text/css; charset=utf-8', text: read('style.css') }],
  ['/countdown.js', { type: 'text/javascript; charset=utf-8', text: read('countdown.js') }],
]);

/** The file of this path; `undefined` if there is none. */
export function findAsset(path: string): Asset | undefined {
  return assets.get(path);
}

function read(name: string): string {
  return readFileSync(new URL(`public/${name}`, import.meta.url), 'utf8');
}
