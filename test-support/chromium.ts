import { findBinary } from './find-binary.js';

/** The path of a Chromium for playwright-core's `executablePath`: `CHROMIUM_PATH`, or what the machine has. */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM_PATH ?? findBinary(['chromium', 'chromium-browser', 'google-chrome']);
}
