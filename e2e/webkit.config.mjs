// The core in WebKit: the runner is Playwright's, the browser is driven by WebDriver (see webkit/browser.mjs).

import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import base from './playwright.config.mjs';

const workers = Number(process.env.PORTAL_E2E_WORKERS ?? availableParallelism());

export default defineConfig({ ...base, testDir: 'webkit', globalTeardown: undefined, timeout: 90_000, workers });
