// What every test starts with: its own server and database, a browser that reports violations, the person in front of it.

import { test as base, expect } from '@playwright/test';
import { basename } from 'node:path';
import { ApiLog } from './support/api.mjs';
import { Guard } from './support/guard.mjs';
import { reasonToLeaveOut } from './support/modes.mjs';
import { Search } from './support/search.mjs';
import { HabitStage } from './support/habit-stage.mjs';
import { PortalServer, Stage } from './support/stage.mjs';
import { Portal } from './portal.mjs';

export { expect };

/** The languages of the interface and what the browser of a first-time visitor says for each. */
const LOCALES = { en: 'en-GB', ja: 'ja-JP' };
export const LANGUAGES = /** @type {const} */ (['en', 'ja']);

/** What every browser must do, not only the one most of the tests run in: the ten steps, expiry, sign-out, axe. */
export const CORE = { tag: '@core' };

/** What is tried in session mode too, beside the files that are about signing in and out (support/modes.mjs). */
export const SESSION = { tag: '@session' };

/** `SESSION` when this holds, nothing otherwise: of several alike one is enough there. */
export const sessionIf = (holds) => (holds ? SESSION : {});

const of = (Kind) => [
  // The pattern is empty because Playwright reads from it what a fixture depends on.
  async ({}, use) => {
    const stage = await Kind.open();
    await use(stage);
    await stage.close();
  },
  { scope: 'worker' },
];

/** Tests of the provider alone: no portal server, no guard. */
export const providerTest = base.extend({
  /** @type {'en' | 'ja'} */
  language: ['en', { option: true }],

  locale: async ({ language }, use) => use(LOCALES[language]),

  stage: of(Stage),
});

/** What a test of a provider's habits starts with instead: `stage.habits(...)` switches them. */
export const WITH_HABITS = { stage: of(HabitStage) };

export const test = providerTest.extend({
  /** How many times faster than real devices the simulated ones are. */
  fleetSpeed: [20, { option: true }],

  /** Lines of the `[limits]` section: a test about limits sets them low. */
  limits: ['resets_per_hour = 1000\nreveals_per_hour = 1000', { option: true }],

  /** Lines of the `[actions]` section. */
  actions: ['', { option: true }],

  /** Where the portal lies on its host: nothing at the top. */
  basePath: ['', { option: true }],

  /** First of all: a test that is not about this mode does not start. */
  mode: [
    async ({}, use, testInfo) => {
      const reason = reasonToLeaveOut(basename(testInfo.file), testInfo.title);
      testInfo.skip(reason !== undefined, reason);
      await use();
    },
    { auto: true },
  ],

  timezoneId: 'Asia/Tokyo',

  /** What stands behind the server instead of the simulated fleet (support/device-services.mjs). */
  services: async ({}, use) => use(undefined),

  server: [
    async ({ stage, services, fleetSpeed, limits, actions, basePath }, use, testInfo) => {
      await stage.calm();
      const server = await PortalServer.start(stage, { fleetSpeed, limits, actions, basePath, services });
      await use(server);
      await server.stop();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server output', { body: server.output, contentType: 'text/plain' });
      }
    },
    { auto: true },
  ],

  baseURL: async ({ stage }, use) => use(stage.origin),

  guard: [
    async ({ context, stage }, use) => {
      const guard = new Guard(context, [stage.origin, new URL(stage.issuer).origin]);
      await guard.ready;
      await use(guard);
      guard.check();
    },
    { auto: true },
  ],

  /** At the end of every test: no token and no passcode anywhere but where it belongs. */
  search: [
    async ({ context, stage, basePath }, use) => {
      const search = new Search(context, stage, basePath);
      await use(search);
      const findings = await search.findings();
      if (findings.length > 0) throw new Error(`a secret was found in: ${findings.join('; ')}`);
    },
    { auto: true },
  ],

  /** Every call of the page to the API. */
  api: async ({ context }, use) => use(new ApiLog(context)),

  /** The page as a person uses it. */
  portal: async ({ page, language, stage, basePath }, use) => use(new Portal(page, language, stage, basePath)),
});

/** Tests of what becomes of a provider's habits (support/habit-stage.mjs). */
export const habitTest = test.extend(WITH_HABITS);
