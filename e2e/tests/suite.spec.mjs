// The suite itself: what every test relies on must be able to fail.

import { expect, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { drawn } from './support/frames.mjs';
import { Search } from './support/search.mjs';
import { sidewaysOverflow } from './support/look.mjs';

test.beforeEach(async ({ portal }) => {
  await portal.open('/');
  await expect(portal.wayToSignIn).toBeVisible();
});

test('markup written as text is seen as a violation of Trusted Types', async ({ page, guard }) => {
  guard.pardon(/policy violation/);
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<p>markup</p>';
      return false;
    } catch {
      return true;
    }
  });
  expect(refused).toBe(true);
  await expect.poll(() => guard.take().join()).toMatch(/policy violation/);
});

test('an uncaught error is seen', async ({ page, guard }) => {
  await page.evaluate(() => setTimeout(() => { throw new Error('planted'); }, 0));
  await expect.poll(() => guard.take().join()).toMatch(/planted/);
});

test('a request to somebody else is seen', async ({ page, guard }) => {
  guard.pardon(/third party|policy violation/);
  await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(() => {}));
  await expect.poll(() => guard.take().join()).toMatch(/third party|policy violation/);
});

test('an error in the console is seen', async ({ page, guard }) => {
  await page.evaluate(() => console.error('planted'));
  await expect.poll(() => guard.take().join()).toMatch(/console error: planted/);
});

test('a violation is seen as an event of the document too', async ({ page, guard }) => {
  guard.pardon(/third party|policy violation/);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('img'), { src: 'http://127.0.0.1:9/x.png' })));
  await expect.poll(() => guard.take().join()).toMatch(/Content-Security-Policy event: img-src/);
});

test('a look waits for a movement, and not for one without an end', async ({ page }) => {
  await page.evaluate(() => {
    document.body.animate({ opacity: [0.2, 1] }, { duration: 600 });
    document.querySelector('h1').animate({ opacity: [0.9, 1] }, { duration: 600, iterations: Infinity });
  });
  await drawn(page);
  expect(await page.evaluate(() => getComputedStyle(document.body).opacity)).toBe('1');
});

/** A secret for the search, put where none may be, and how it is taken away again. */
const HIDING_PLACES = [
  ['storage', (secret) => { localStorage.setItem('x', `a${secret}`); return () => localStorage.clear(); }],
  ['storage', (secret) => { sessionStorage.setItem(secret, ''); return () => sessionStorage.clear(); }],
  ['cookie', (secret) => { document.cookie = `x=${secret}`; return () => { document.cookie = 'x=; max-age=0'; }; }],
  ['address', (secret) => { history.replaceState(null, '', `?x=${secret}`); return () => history.replaceState(null, '', '/'); }],
  ['history', (secret) => { history.replaceState({ secret }, ''); return () => history.replaceState(null, ''); }],
  ['name', (secret) => { window.name = secret; return () => { window.name = ''; }; }],
  ['title', (secret) => { const { title } = document; document.title = secret; return () => { document.title = title; }; }],
  ['document', (secret) => { document.body.dataset.x = secret; return () => delete document.body.dataset.x; }],
  ['document', (secret) => {
    const shown = document.createElement('p');
    shown.textContent = [...secret].join(' ');
    document.body.append(shown);
    return () => shown.remove();
  }],
  ['databases', () => new Promise((done) => {
    const opened = indexedDB.open('x');
    opened.onsuccess = () => { opened.result.close(); done(() => new Promise((gone) => { indexedDB.deleteDatabase('x').onsuccess = gone; })); };
  })],
];

test('the search finds a planted secret in each place a page can write to', async ({ page, search }) => {
  const secret = 'pl4nted5ecret';
  search.lookFor(secret);
  for (const [where, hide] of HIDING_PLACES) {
    const handle = await page.evaluateHandle(hide, secret);
    expect(await search.findings(), where).toContain(where);
    await handle.evaluate((takeAway) => takeAway());
    expect(await search.findings()).toEqual([]);
  }
});

/** Where a secret was sent or said, and how. It cannot be taken back: each has a search and a secret of its own. */
const LEAKS = [
  ['address of a request to /config.json', (secret) => fetch(`/config.json?x=${secret}`)],
  ['header of a request to /config.json', (secret) => fetch('/config.json', { headers: { 'x-secret': secret } })],
  ['header of a request to /config.json', (secret) => fetch('/config.json', { headers: { authorization: `Bearer ${secret}` } })],
  ['body of a request to /api/v1.0/me', (secret) => fetch('/api/v1.0/me', { method: 'POST', body: secret })],
  ['console', (secret) => console.debug(secret)],
];

test('the search finds a secret that was sent or said: in an address, a header, a body, on the console', async ({ page, stage, context }) => {
  for (const [index, [where, leak]] of LEAKS.entries()) {
    const own = new Search(context, stage);
    const secret = `pl4nted5ecret${index}`;
    own.lookFor(secret);
    await page.evaluate(leak, secret);
    await expect.poll(() => own.findings()).toEqual([where]);
  }
});

test('axe sees a planted fault', async ({ page }) => {
  await page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
  expect((await violations(page)).join()).toContain('button-name');
});

test('sideways scrolling is seen', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
  await page.evaluate(() => {
    document.querySelector('h1').style.width = '400px';
  });
  expect(await sidewaysOverflow(page)).toBeGreaterThan(0);
});
