// The end-to-end suite: real browser, real server, real provider, the real Content-Security-Policy and Trusted Types.
//
// Environment: PORTAL_E2E_BROWSER (`firefox`: the tests marked @core, in Firefox), CHROMIUM and FIREFOX (browsers), CHROMIUM_HEADLESS_SHELL (its lean build), PORTAL_E2E_SERVER_BIN, PORTAL_E2E_DIST, PORTAL_E2E_WORKERS,
// PORTAL_E2E_OUTPUT, PORTAL_E2E_TRACE, PORTAL_E2E_MODE (`token`, or `session`: docs/session-mode.md); see tests/support.
// Nothing is retried: a test that passes at the second try hides a race that a person will meet at the first.

import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { browserUse, IN_FIREFOX } from './tests/support/browser.mjs';
import { IN_SESSION_MODE, MODE } from './tests/support/modes.mjs';

/** Where the report and what failing tests leave lie: suites run side by side. */
const OUTPUT = process.env.PORTAL_E2E_OUTPUT ?? 'output';

/** A test waits a third of its time, for the provider, the devices and the next frame. Firefox, which runs beside WebKit, is larger. */
const WORKERS = Math.ceil(availableParallelism() * (IN_FIREFOX ? 1 : 1.5));

export default defineConfig({
  testDir: 'tests',
  testMatch: '**/*.spec.mjs',
  testIgnore: MODE === 'session' ? [] : ['**/session.spec.mjs'],
  outputDir: `${OUTPUT}/artifacts`,
  // The gallery shows one mode; the other has the same screens.
  ...(IN_FIREFOX ? { grep: /@core/ } : MODE === 'session' ? { grep: IN_SESSION_MODE } : { globalTeardown: './gallery.mjs' }),
  forbidOnly: true,
  retries: 0,
  workers: Number(process.env.PORTAL_E2E_WORKERS ?? WORKERS),
  fullyParallel: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['line'], ['json', { outputFile: `${OUTPUT}/report.json` }]],
  use: {
    ...browserUse(),
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    // A trace of everything takes a fifth of the suite's time; ask for it where a failure needs one.
    trace: process.env.PORTAL_E2E_TRACE ? 'retain-on-failure' : 'off',
    viewport: { width: 1280, height: 900 },
  },
});
