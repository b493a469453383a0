// The browser's part of `cargo xtask bench`: how long a person waits, measured in the installed Chromium.
//
// Usage: node bench.mjs PAGE_ORIGIN USER PASSWORD PLAIN_PAGE RESETTER; prints one JSON object. The plain page is static, with a
// list and no script, and comes from the same server, so that what is compared is the page alone. The object holds the
// access token of the sample person and that of RESETTER, who signs in last so that the sign-in is fresh enough for
// resets: the caller's load on the server needs them, and they are never written anywhere.

import { chromium } from 'playwright-core';
import { browserLaunch } from './tests/support/browser.mjs';

const [origin, user, password, plain, resetter] = process.argv.slice(2);
if (!resetter) {
  process.stderr.write('usage: node bench.mjs PAGE_ORIGIN USER PASSWORD PLAIN_PAGE RESETTER\n');
  process.exit(2);
}

const ROUNDS = 5;
/** As a person would type; each is one measurement, and the last ones empty the field again. */
const KEYS = ['d', 'e', 'p', 'o', 't', 'Backspace', 'Backspace', '1', '2', 'Backspace'];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** First contentful paint of the current page, in milliseconds since the navigation began. */
async function firstPaint(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const found = performance.getEntriesByName('first-contentful-paint')[0];
        if (found) return resolve(found.startTime);
        new PerformanceObserver((list, observer) => {
          const entry = list.getEntriesByName('first-contentful-paint')[0];
          if (entry) {
            observer.disconnect();
            resolve(entry.startTime);
          }
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}

/** Signs somebody in where the provider asks for it; gives the access token. */
async function signIn(page, who) {
  await page.goto(`${origin}/devices`);
  const login = page.locator('input[name=login]');
  const search = page.locator('input[type=search]');
  const start = page.getByRole('button', { name: /sign in|サインイン/i }).or(page.getByRole('link', { name: /sign in|サインイン/i }));
  await login.or(search).or(start.first()).first().waitFor();
  if (await start.first().isVisible()) await start.first().click();
  await login.waitFor();
  const exchanged = page.waitForResponse((answer) => answer.url().endsWith('/token') && answer.request().method() === 'POST');
  await login.fill(who);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit], input[type=submit]').first().click();
  const { access_token: token } = await (await exchanged).json();
  await search.waitFor({ timeout: 60_000 });
  return token;
}

/** A visit with an empty cache, timed by the page's own clock. */
async function visit(browser, address, usable, state) {
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const began = Date.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator(usable).first().waitFor({ timeout: 60_000 });
  const ready = Date.now() - began;
  const paint = await firstPaint(page);
  await context.close();
  return { paint, ready };
}

/** Script and rendering per key, from the input event to the frame that shows its result. */
async function typing(page) {
  const search = page.locator('input[type=search]');
  await search.focus();
  await page.evaluate(() => {
    window.benchKeys = [];
    const field = document.querySelector('input[type=search]');
    // Captured first and last: the time between is what the page's own handlers take.
    let began = 0;
    window.addEventListener('input', () => { began = performance.now(); }, { capture: true });
    field.addEventListener('input', () => {
      queueMicrotask(() => {
        setTimeout(() => {
          const script = performance.now() - began;
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => window.benchKeys.push({ script, frame: performance.now() - began });
            channel.port2.postMessage(0);
          });
        }, 0);
      });
    });
  });
  for (const key of KEYS) {
    await page.keyboard.press(key);
    await page.waitForTimeout(250);
  }
  return page.evaluate(() => window.benchKeys);
}

const browser = await chromium.launch(browserLaunch());
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  const token = await signIn(page, user);
  const keys = await typing(page);
  const state = await context.storageState();
  await context.close();
  const portal = [];
  const shell = [];
  const still = [];
  // In turns, so that a busy moment of the machine meets all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    still.push(await visit(browser, plain, 'li', undefined));
    shell.push(await visit(browser, `${origin}/help`, 'h1', undefined));
    portal.push(await visit(browser, `${origin}/devices`, 'input[type=search]', state));
  }
  const resets = await browser.newContext();
  const resetToken = await signIn(await resets.newPage(), resetter);
  await resets.close();
  const times = (visits) => ({ paint: median(visits.map((one) => one.paint)), ready: median(visits.map((one) => one.ready)) });
  process.stdout.write(
    `${JSON.stringify({
      token,
      resetToken,
      plain: times(still),
      shell: times(shell),
      list: times(portal),
      keys: { count: keys.length, script: median(keys.map((key) => key.script)), frame: median(keys.map((key) => key.frame)), worst: Math.max(...keys.map((key) => key.frame)) },
    })}\n`,
  );
} finally {
  await browser.close();
}
