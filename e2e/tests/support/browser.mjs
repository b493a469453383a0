// Which browser is driven, and how it is started. Playwright's own browser download is not used: the machine's Chromium
// is what a person has, and a download does not work behind every firewall.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** The same engine without what surrounds a page: the suite takes two thirds of the processor time with it. */
const LEAN_NAMES = ['chromium-headless-shell'];

const FIREFOX_NAMES = ['firefox-esr', 'firefox'];

/** Whether the run is in Firefox (PORTAL_E2E_BROWSER): the tests marked `@core` only. */
export const IN_FIREFOX = process.env.PORTAL_E2E_BROWSER === 'firefox';

/** The browser of the run, as `use` of Playwright's configuration. */
export function browserUse() {
  // The distribution's Firefox, by WebDriver BiDi: Playwright's own build of Firefox is one nobody has.
  const firefox = { browserName: 'firefox', channel: 'moz-firefox' };
  return { ...(IN_FIREFOX ? firefox : {}), launchOptions: browserLaunch() };
}

/** No first-run pages, no updates, no traffic of the browser's own. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Options for Playwright's `launch`: Firefox if it is asked for, or the lean build of Chromium where there is one. */
export function browserLaunch() {
  if (IN_FIREFOX) return options(process.env.FIREFOX || find(FIREFOX_NAMES) || missingFirefox());
  return options(process.env.CHROMIUM_HEADLESS_SHELL || find(LEAN_NAMES) || wholeBrowser());
}

/** The same with the whole browser, the one that people have. */
export function wholeBrowserLaunch() {
  return IN_FIREFOX ? browserLaunch() : options(wholeBrowser());
}

function options(executablePath) {
  if (IN_FIREFOX) return { executablePath };
  // Chromium refuses its sandbox to root; everybody else keeps it.
  const asRoot = process.getuid?.() === 0;
  return { executablePath, args: asRoot ? [...QUIET, '--no-sandbox'] : QUIET };
}

function missingFirefox() {
  throw new Error('no Firefox on PATH: install it (Debian: apt-get install firefox-esr) or name it in FIREFOX');
}

function wholeBrowser() {
  const found = process.env.CHROMIUM || find(NAMES);
  if (!found) throw new Error('no Chromium on PATH: install it (Debian: apt-get install chromium) or name it in CHROMIUM');
  return found;
}

function find(names) {
  const directories = (process.env.PATH ?? '').split(delimiter);
  return directories.flatMap((directory) => names.map((name) => join(directory, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
