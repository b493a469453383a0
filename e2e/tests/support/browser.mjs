// Which browser is driven, and how it is started. Playwright's own browser download is not used: the machine's Chromium
// is what a person has, and a download does not work behind every firewall.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No first-run pages, no updates, no traffic of the browser's own. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Options for Playwright's `launch`. */
export function browserLaunch() {
  // Chromium refuses its sandbox to root; everybody else keeps it.
  const asRoot = process.getuid?.() === 0;
  return { executablePath: findBrowser(), args: asRoot ? [...QUIET, '--no-sandbox'] : QUIET };
}

function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const candidate = join(directory, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  throw new Error('no Chromium on PATH: install it (Debian: apt-get install chromium) or name it in CHROMIUM');
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
