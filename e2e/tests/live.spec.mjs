// Live progress: what the server knows is on the page without looking, by one source at a time (spec: ux.md rule 3,
// api.md `GET /me/events`), and what stands in where no stream can be had.

import { expect, test } from './fixtures.mjs';
import { CALL, interfere, problem } from './support/api.mjs';
import { listen, spokenOn } from './support/speech.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

const reads = (api) => api.of(CALL.device).length;

/** The titles of a page with the moment each appeared, in the page's own time. */
function watchTitle(context) {
  return context.addInitScript(() => {
    const titles = [];
    globalThis.e2eTitles = titles;
    const note = () => {
      if (titles.at(-1)?.title !== document.title) titles.push({ title: document.title, at: Date.now() });
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

/** When the server last changed a reset of this state, as its answers say; read on their way to the page. */
async function watchResults(page) {
  const seen = new Map();
  await page.route(CALL.device, async (route) => {
    const answer = await route.fetch();
    if (answer.status() === 200) {
      const { deviceActionResults: [run] = [] } = await answer.json();
      const state = run?.progress ?? run?.actionState;
      if (state && !seen.has(state)) seen.set(state, Date.parse(run.lastUpdatedDateTime));
    }
    await route.fulfill({ response: answer });
  });
  return seen;
}

/** The title that says a state of the API. */
const TITLES = { queued: 'title.pending', delivered: 'title.delivered', notNow: 'title.not_now', acknowledged: 'title.done' };

/** A browser that lets the page ask for notifications and remembers what is shown. */
function stubNotifications(context, answer) {
  return context.addInitScript((granted) => {
    globalThis.e2eAsked = 0;
    globalThis.e2eShown = [];
    globalThis.Notification = class {
      static permission = 'default';

      static requestPermission() {
        globalThis.e2eAsked += 1;
        return Promise.resolve(granted);
      }

      constructor(title, options) {
        globalThis.e2eShown.push({ title, ...options });
      }
    };
  }, answer);
}

test.describe('with a stream', () => {
  test.use({ fleetSpeed: 1 });

  test('each state the server tells appears, in its order, without looking', async ({ context, page, portal, api }, testInfo) => {
    await watchTitle(context);
    const told = await watchResults(page);
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    const before = reads(api);
    await portal.isDone();
    // One read when the answer came, one for each event: the device reached, done, and the end of the command.
    expect(reads(api) - before).toBeLessThanOrEqual(5);
    expect(api.of(CALL.events)).not.toHaveLength(0);
    const titles = await page.evaluate(() => globalThis.e2eTitles);
    const place = (state) => titles.findIndex(({ title }) => portal.saying(TITLES[state]).test(title));
    const states = [...told.keys()].filter((state) => TITLES[state]);
    expect(states.at(-1)).toBe('acknowledged');
    // The first is told by the answer to the request itself.
    const places = [...new Set(['queued', ...states])].map(place);
    expect(places, titles.map(({ title }) => title).join(' | ')).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    // A figure, not a rule: how soon it is depends on the machine (server/tests/suite/events.rs has the server's second).
    const delays = states.map((state) => `${state} ${titles[place(state)].at - told.get(state)} ms`).join(', ');
    testInfo.annotations.push({ type: 'shown after the server knew', description: delays });
    console.log(`shown after the server knew: ${delays}`);
  });

  test('"not now" is a state of its own: in the steps, in the title and aloud, the focus stays', async ({ context, page, portal }) => {
    await listen(context);
    await watchTitle(context);
    await portal.reachConfirm('dana', 'd-dana-notnow');
    await portal.lastButton.click();
    await portal.isPending();
    const focused = await page.evaluate(() => document.activeElement.textContent);
    await expect(portal.text('live.said_not_now')).toBeVisible({ timeout: 30_000 });
    expect(await page.evaluate(() => document.activeElement.textContent)).toBe(focused);
    await expect(page).toHaveTitle(portal.saying('title.not_now'));
    const step = page.locator('.progress [aria-current=step]');
    await expect(step).toContainText(portal.saying('pending.step_working'));
    await expect(step).toContainText(portal.saying('live.step_current'));
    await portal.isDone();
    // Each message stays for a second, so the last may still wait for its turn.
    const spoken = async () => (await spokenOn(page)).join('\n');
    await expect.poll(spoken).toMatch(portal.saying('announce.done'));
    expect(await spoken()).toMatch(portal.saying('announce.not_now'));
  });

  test('two tabs tell the same: the row in the list changes without the list being loaded again', async ({ context, portal }) => {
    await portal.reachConfirm('aiko', ANDROID);
    const other = portal.in(await context.newPage());
    await other.open('/devices');
    await other.isAt('/devices');
    const lists = [];
    other.page.on('request', (request) => {
      if (CALL.devices.test(request.url())) lists.push(request);
    });
    await other.settles();
    await portal.lastButton.click();
    await portal.isDone();
    const row = other.main.getByRole('listitem').filter({ has: other.device(ANDROID) });
    await expect(row).toContainText(portal.saying('status.done'));
    expect(lists).toHaveLength(0);
  });

  test('a tab with a result and its passcode on the screen takes both away when another tab resets anew, and ends with the same reference', async ({ context, portal }) => {
    await portal.reset('aiko', ANDROID);
    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    const [code, reference] = [await portal.shownPasscode(), portal.main.locator('.reference code')];
    const before = await reference.last().textContent();
    const other = portal.in(await context.newPage());
    await other.open(`/devices/${ANDROID}`);
    await other.isAt(`/devices/${ANDROID}`);
    await other.stepUp();
    await other.lastButton.click();
    await other.isDone();
    // Not the old end, and nothing of its secret, in the first tab.
    await expect(reference.last()).not.toHaveText(before);
    await expect(reference.last()).toHaveText(await other.main.locator('.reference code').last().textContent());
    await expect(portal.passcode).toHaveCount(0);
    expect((await portal.main.innerText()).replaceAll(/\s/g, '')).not.toContain(code);
    for (const tab of [portal, other]) {
      await tab.showPasscode.click();
      await expect(tab.passcode).toBeVisible();
    }
    expect(await portal.shownPasscode()).toBe(await other.shownPasscode());
  });

  test('after a break the stream goes on where it was', async ({ context, page, portal, api }) => {
    await portal.reachConfirm('dana', 'd-dana-offline');
    await portal.lastButton.click();
    await portal.isPending();
    await portal.settles();
    const before = api.of(CALL.events).length;
    await context.setOffline(true);
    await expect(portal.page.getByText(portal.saying('offline.banner')).first()).toBeVisible();
    await context.setOffline(false);
    await expect.poll(() => api.of(CALL.events).length).toBeGreaterThan(before);
    expect(await api.of(CALL.events).at(-1).headerValue('last-event-id')).toMatch(/^\d+$/);
    await expect(page).toHaveTitle(portal.saying('title.pending'));
  });
});

test.describe('with one stream at a time', () => {
  test.use({ limits: 'streams_per_person = 1' });

  test('sign-out ends the stream, and nothing is asked for afterwards', async ({ page, portal, api }) => {
    const isOpened = async () => (await api.of(CALL.events).at(-1)?.response())?.status();
    await page.clock.install();
    await portal.enter('aiko', '/devices');
    await expect.poll(isOpened).toBe(200);
    await portal.signOut();
    const before = api.requests.filter((request) => !CALL.branding.test(request.url())).length;
    const streams = api.of(CALL.events).length;
    await page.clock.runFor('00:03');
    await portal.settles();
    expect(api.requests.filter((request) => !CALL.branding.test(request.url()))).toHaveLength(before);
    // The server would refuse a second one while it knows of the first.
    await portal.enter('aiko', '/devices');
    await expect.poll(() => api.of(CALL.events).length).toBeGreaterThan(streams);
    await expect.poll(isOpened).toBe(200);
  });
});

test.describe('without a stream', () => {
  test.use({ fleetSpeed: 0.5 });

  test('the page looks by itself, and nothing is called done before the device acknowledged', async ({ page, portal, api }) => {
    await interfere(page, { call: CALL.events, answer: problem(404, 'notFound') });
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    const before = reads(api);
    await expect.poll(() => reads(api), { timeout: 25_000 }).toBeGreaterThan(before + 1);
    await portal.isDone();
    // Asked once at each page of the visit and not again.
    expect(api.of(CALL.events).length).toBeLessThanOrEqual(3);
  });
});

test.describe('told by the system', () => {
  test.use({ fleetSpeed: 0.5 });

  test('only after a press, once, with the name of the device and never the passcode', async ({ context, page, portal }) => {
    await stubNotifications(context, 'granted');
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    expect(await page.evaluate(() => globalThis.e2eAsked)).toBe(0);
    await portal.button('live.tell_me').click();
    await expect(portal.text('live.tell_me_granted')).toBeVisible();
    await portal.isDone();
    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    const passcode = await portal.shownPasscode();
    const shown = await page.evaluate(() => globalThis.e2eShown);
    expect(shown).toHaveLength(1);
    expect(shown[0].body).toMatch(portal.saying('announce.done'));
    expect(JSON.stringify(shown)).not.toContain(passcode);
  });

  test('a browser that refuses is no dead end', async ({ context, page, portal }) => {
    await stubNotifications(context, 'denied');
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    await portal.button('live.tell_me').click();
    await expect(portal.text('live.tell_me_refused')).toBeVisible();
    await portal.isDone();
    expect(await page.evaluate(() => globalThis.e2eShown)).toHaveLength(0);
  });
});

test.describe('cancelling', () => {
  test('asks once more; Escape keeps waiting and gives the focus back', async ({ page, portal }) => {
    await portal.reachConfirm('dana', 'd-dana-silent');
    await portal.lastButton.click();
    await portal.isPending();
    await portal.button('pending.cancel').click();
    await expect(portal.dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(portal.dialog).toHaveCount(0);
    await expect(portal.button('pending.cancel')).toBeFocused();
    await portal.isPending();
  });
});

test.describe('the focus', () => {
  test.use({ fleetSpeed: 1 });

  test('is never nowhere while the device receives the reset and confirms it', async ({ page, portal }) => {
    await portal.reachConfirm('aiko', ANDROID);
    await portal.lastButton.click();
    await portal.isPending();
    await portal.button('pending.cancel').focus();
    await page.evaluate(() => {
      globalThis.e2eNowhere = 0;
      const look = () => {
        // A frame without a focus is what a screen reader falls out of; two in a row are no change on its way.
        globalThis.e2eFrames = document.activeElement === document.body ? (globalThis.e2eFrames ?? 0) + 1 : 0;
        if (globalThis.e2eFrames > 2) globalThis.e2eNowhere += 1;
        requestAnimationFrame(look);
      };
      look();
    });
    await portal.isDone();
    expect(await page.evaluate(() => globalThis.e2eNowhere)).toBe(0);
  });
});

test.describe('before the five minutes', () => {
  test('the questions are answered by keyboard, advise, and keep nobody from going on', async ({ page, portal }) => {
    await portal.enter('aiko', `/devices/${ANDROID}`);
    await expect(portal.text('reach.heading')).toBeVisible();
    await portal.explain();
    const [factor, away] = [portal.dialog.locator('summary').first(), portal.dialog.locator('summary').last()];
    await expect(factor).toHaveText(portal.saying('explain.factor_heading'));
    await factor.focus();
    await page.keyboard.press('Enter');
    await expect(portal.text('explain.factor_text', portal.dialog)).toBeVisible();
    await expect(away).toHaveText(portal.saying('prepare.at_hand'));
    await expect(portal.button('app.close', portal.dialog)).toHaveCount(0);
    await away.focus();
    await page.keyboard.press('Enter');
    await expect(portal.text('prepare.lock_instead', portal.dialog)).toBeVisible();
    await expect(portal.button('run.lock', portal.dialog)).toBeEnabled();
    // Whoever does not have the device is led out, and finds whom to call.
    await expect(portal.button('app.close', portal.dialog)).toHaveClass(/primary/);
    await expect(portal.signInAgain).not.toHaveClass(/primary/);
    await expect(portal.dialog.locator('details').last().getByRole('link', { name: IT_CONTACT.phone })).toBeVisible();
    await expect(portal.signInAgain).toBeEnabled();
    await portal.leaveForSignIn();
  });
});
