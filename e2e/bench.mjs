// What `cargo xtask bench` measures: how long a person waits, in the installed Chromium, and what the server bears.
//
// Usage: node bench.mjs PID ORIGIN [BESIDE]. PID is the server's. BESIDE is the origin of another portal that is running (an
// earlier build, started from its own clone): it is measured in turns with the first, so that a busy moment of the machine
// meets both, and printed as a ratio. Figures to compare, never a test. The tokens of the sample people stay in this process.

import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Pool } from 'undici';
import { browserLaunch } from './tests/support/browser.mjs';
import { PASSWORD, PEOPLE } from './tests/sample.mjs';

const [pid, origin, beside] = process.argv.slice(2);
if (!origin) {
  process.stderr.write('usage: node bench.mjs PID ORIGIN [BESIDE]\n');
  process.exit(2);
}

const ROUNDS = 5;
/** A phone on a mediocre network: processor / 4, 1.6 Mbit/s down, 0.75 up, 150 ms. */
const SLOW = { processor: 4, network: { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 } };
/** As a person would type; each is one measurement, and the last ones empty the field again. */
const KEYS = ['d', 'e', 'p', 'o', 't', 'Backspace', 'Backspace', '1', '2', 'Backspace'];
const PATIENCE = { timeout: 120_000 };
const LIST = '/api/v1.0/me/managedDevices';
const SEARCH = 'input[type=search]';
const DEVICE = 'main a[href^="/devices/"]';
/** A heading of the page itself: the static shell is gone. */
const STARTED = '#portal:not(:has(.shell)) h1';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const say = (line) => process.stdout.write(`${line}\n`);

/** First contentful paint of the current document, in milliseconds since its navigation began. */
const firstPaint = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list, observer) => {
          const entry = list.getEntriesByName('first-contentful-paint')[0];
          if (entry) {
            observer.disconnect();
            resolve(entry.startTime);
          }
        }).observe({ type: 'paint', buffered: true });
      }),
  );

/** Signs a sample person in with a browser of their own; gives its state and the access token. */
async function signIn(browser, at, who) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${at}/devices`);
  const login = page.locator('input[name=login]');
  const start = page.getByRole('button', { name: /sign in/i }).or(page.getByRole('link', { name: /sign in/i })).first();
  await login.or(start).first().waitFor();
  if (await start.isVisible()) await start.click();
  await login.waitFor();
  const exchanged = page.waitForResponse((answer) => answer.url().endsWith('/token') && answer.request().method() === 'POST');
  await login.fill(who);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('button[type=submit], input[type=submit]').first().click();
  const { access_token: token } = await (await exchanged).json();
  await page.locator(DEVICE).first().waitFor(PATIENCE);
  const state = await context.storageState();
  await context.close();
  return { state, token };
}

/** A browser with an empty cache, signed in or not, slow or not; counts what is transferred. */
async function visitor(browser, { state, slow = true }) {
  const context = await browser.newContext({ storageState: state });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const transferred = { bytes: 0 };
  await devtools.send('Network.enable');
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => { transferred.bytes += encodedDataLength; });
  if (slow) {
    await devtools.send('Network.emulateNetworkConditions', SLOW.network);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOW.processor });
  }
  return { context, page, transferred };
}

/** Goes to an address (or reloads): first paint, and when something is usable. */
async function timed(page, go, usable) {
  const began = performance.now();
  await go();
  await usable(page).waitFor(PATIENCE);
  const ready = performance.now() - began;
  return { paint: await firstPaint(page), ready };
}

/** The stream of events never ends, so the network is never idle: what else is asked for has come by then. */
const settled = (page) => page.waitForTimeout(3_000);

const firstDevice = (page) => page.locator(DEVICE).first();

/** A person with four devices on the slow profile: list, reload, one device. */
async function phone(browser, at, state) {
  const { context, page, transferred } = await visitor(browser, { state });
  const list = await timed(page, () => page.goto(`${at}/devices`, { waitUntil: 'commit' }), firstDevice);
  await settled(page);
  const bytes = transferred.bytes;
  const reload = await timed(page, () => page.reload({ waitUntil: 'commit' }), firstDevice);
  await settled(page);
  transferred.bytes = 0;
  const began = performance.now();
  await firstDevice(page).click();
  await page.waitForURL(/\/devices\/./);
  await page.locator('main h2').first().waitFor(PATIENCE);
  const device = performance.now() - began;
  await settled(page);
  const deviceBytes = transferred.bytes;
  await context.close();
  return { 'list of 4: first paint': list.paint, 'list of 4: usable': list.ready, 'list of 4: bytes': bytes, 'its reload: first paint': reload.paint, 'its reload: usable': reload.ready, 'a device for the first time': device, 'a device for the first time: bytes': deviceBytes };
}

/** The enrolment manager with 5,000 devices. */
async function depot(browser, at, state, slow) {
  const { context, page } = await visitor(browser, { state, slow });
  const began = performance.now();
  await page.goto(`${at}/devices`, { waitUntil: 'commit' });
  await page.locator(SEARCH).waitFor(PATIENCE);
  const usable = performance.now() - began;
  await page.locator('main').getByText(/5,000/).first().waitFor(PATIENCE);
  const complete = performance.now() - began;
  const keys = slow ? [] : await typing(page);
  await context.close();
  const name = slow ? '5,000, slow' : '5,000, fast';
  return { [`${name}: usable`]: usable, [`${name}: complete`]: complete, ...(slow ? {} : { 'a key at 5,000: script': median(keys.map((key) => key.script)), 'a key at 5,000: next paint': median(keys.map((key) => key.frame)) }) };
}

/** Script and rendering per key, from the input event to the frame after it. */
async function typing(page) {
  await page.locator(SEARCH).focus();
  await page.evaluate((selector) => {
    window.benchKeys = [];
    const field = document.querySelector(selector);
    // Captured first and last: the time between is what the page's own handlers take.
    let began = 0;
    window.addEventListener('input', () => { began = performance.now(); }, { capture: true });
    field.addEventListener('input', () => {
      queueMicrotask(() => {
        const script = performance.now() - began;
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => window.benchKeys.push({ script, frame: performance.now() - began });
          channel.port2.postMessage(0);
        });
      });
    });
  }, SEARCH);
  for (const key of KEYS) {
    await page.keyboard.press(key);
    await page.waitForTimeout(250);
  }
  return page.evaluate(() => window.benchKeys);
}

/** A page without being signed in. */
async function plain(browser, address, name, heading) {
  const { context, page } = await visitor(browser, {});
  const { paint, ready } = await timed(page, () => page.goto(address, { waitUntil: 'commit' }), (shown) => shown.locator(heading).first());
  await context.close();
  return { [`${name}: first paint`]: paint, [`${name}: usable`]: ready };
}

/** Resident memory of the server and its peak, from the kernel's own account. */
function memory() {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1000);
    return `${of('VmRSS')} MB (peak ${of('VmHWM')} MB)`;
  } catch {
    return 'unknown';
  }
}

/** Sends `amount` requests over `connections`, each as soon as the one before it is answered whole; a line of what came back. */
async function load(what, connections, amount, request) {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const times = [];
  const statuses = new Map();
  let next = 0;
  const worker = async () => {
    while (next < amount) {
      const one = request(next);
      next += 1;
      const began = performance.now();
      const answer = await pool.request(one);
      await answer.body.dump();
      times.push(performance.now() - began);
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  const percentile = (percent) => times[Math.ceil((times.length * percent) / 100) - 1]?.toFixed(1);
  const answered = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  say(`  ${what}, ${connections} connections: ${answered}, ${Math.round(times.length / seconds)} a second, p50 ${percentile(50)} ms, p99 ${percentile(99)} ms`);
}

/** The devices of whoever holds the token, through the API's own pages. */
async function devicesOf(headers) {
  const ids = [];
  for (let next = LIST; next; ) {
    const answer = await fetch(new URL(next, origin), { headers });
    const page = await answer.json();
    if (!answer.ok) throw new Error(`the device list answered ${answer.status}: ${JSON.stringify(page)}`);
    ids.push(...page.value.map((device) => device.id));
    next = page['@odata.nextLink'];
  }
  return ids;
}

async function server(readToken, resetToken) {
  say('\nserver (release build), the load comes from this machine too');
  const idle = memory();
  await load('GET /me/managedDevices', 64, 4000, () => ({ path: LIST, method: 'GET', headers: { authorization: `Bearer ${readToken}` } }));
  const headers = { authorization: `Bearer ${resetToken}` };
  const ids = await devicesOf(headers);
  // Accepted means durable: command, sealed passcode, key and audit entry are in one committed transaction before the answer,
  // and the queue already works on the earlier ones meanwhile.
  await load('POST resetPasscode, one per device', 16, ids.length, (index) => ({
    path: `${LIST}/${ids[index]}/resetPasscode`,
    method: 'POST',
    headers: { ...headers, 'idempotency-key': `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}` },
  }));
  say(`  memory: ${idle} at start, ${memory()} after this`);
}

const browser = await chromium.launch(browserLaunch());
try {
  const portals = [];
  for (const at of [origin, beside].filter(Boolean)) {
    portals.push({ at, person: await signIn(browser, at, PEOPLE.aiko), depot: await signIn(browser, at, PEOPLE.depot), rounds: [] });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { at, person, depot: many, rounds } of portals) {
      rounds.push({
        ...(await plain(browser, `${origin}/plain.html`, 'plain static page', 'h1')),
        ...(await plain(browser, `${at}/help`, '/help, no sign-in', STARTED)),
        ...(await phone(browser, at, person.state)),
        ...(await depot(browser, at, many.state, true)),
        ...(await depot(browser, at, many.state, false)),
      });
    }
  }
  const of = ({ rounds }, name) => median(rounds.map((one) => one[name]));
  const [first, second] = portals;
  say(`\nin the browser, empty cache, median of ${ROUNDS}, milliseconds and bytes; slow (processor / 4, 1.6 Mbit/s, 150 ms) where not called fast`);
  say(`  ${''.padEnd(38)} ${'here'.padStart(9)}${second ? `${'beside'.padStart(10)}${'ratio'.padStart(7)}` : ''}`);
  for (const name of Object.keys(first.rounds[0])) {
    const figures = portals.map((portal) => of(portal, name));
    const ratio = second ? `${figures[1].toFixed(0).padStart(10)}${(figures[0] / figures[1]).toFixed(2).padStart(7)}` : '';
    say(`  ${name.padEnd(38)} ${figures[0].toFixed(name.startsWith('a key') ? 1 : 0).padStart(9)}${ratio}`);
  }
  // Last, so that the sign-in is fresh enough for resets.
  await server(first.depot.token, (await signIn(browser, origin, 'bench@example.test')).token);
} finally {
  await browser.close();
}
