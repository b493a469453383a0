// The core in WebKit: the runner is Playwright's, the browser is driven by WebDriver (see webkit/browser.mjs).

import { defineConfig } from '@playwright/test';
import base from './playwright.config.mjs';

export default defineConfig({ ...base, testDir: 'webkit', globalTeardown: undefined, timeout: 90_000 });
