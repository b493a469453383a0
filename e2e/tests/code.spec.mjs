// The temporary passcode from the screen to the lock screen: told apart, spelled, read aloud, carried over, printed - and gone
// from the page by itself.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';
import { picturePath, sidewaysOverflow } from './support/look.mjs';
import { message } from './support/messages.mjs';
import { readQrCode } from './support/qr.mjs';
import { called } from './support/spelling.mjs';
import { giveVoices, voiced } from './support/voice.mjs';
import { ANDROID, PLATFORMS } from './sample.mjs';

const OWN_PAGE = `/devices/${ANDROID}/passcode`;
const DIGITS = PLATFORMS[3].device;

async function show(portal) {
  await portal.showPasscode.click();
  await expect(portal.passcode).toBeVisible();
  return portal.shownPasscode();
}

/** All that the page shows or could read out, gaps removed. */
function wholeText(page) {
  return page.evaluate(() => document.documentElement.outerHTML.replaceAll(/\s/g, ''));
}

/** The tab goes to the background, or comes back; the driver cannot do that to a real one. */
function setHidden(page, isHidden) {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/** The list under the code says each character in the language of the page, and what kind it is. */
async function isSpelled(page, portal, code, language) {
  const list = page.locator('.spelled li');
  await expect(list).toHaveCount(code.length);
  for (const [place, character] of [...code].entries()) {
    const { kind, read } = called(language, character);
    await expect(list.nth(place)).toContainText(read);
    await expect(list.nth(place).locator('.mark')).toHaveText(character);
    await expect(portal.passcode.locator('.mark').nth(place)).toHaveClass(`mark ${kind}`);
  }
  const kinds = new Set([...code].map((character) => called(language, character).kind));
  for (const kind of kinds) {
    await expect(page.locator('.legend')).toContainText(message(language, `spelling.class_${kind}`));
  }
}

/** Large, whole in a wide and a narrow window, light and dark, and nothing for axe to find. */
async function isLargeAndWhole(page, portal, language) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await violations(page)).toEqual([]);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await sidewaysOverflow(page)).toBeLessThanOrEqual(0);
      const { size, cut } = await portal.passcode.evaluate((code) => ({
        size: Number.parseFloat(getComputedStyle(code).fontSize),
        cut: [...code.querySelectorAll('.mark')].filter((mark) => mark.getBoundingClientRect().right > innerWidth).length,
      }));
      expect(size).toBeGreaterThanOrEqual(32);
      expect(cut).toBe(0);
      await page.screenshot({ path: picturePath(`passcode-page-${language}-${colorScheme}-${width}`), fullPage: true });
    }
  }
}

test('in both languages: the spelled list is the code, character by character; its own page is hidden first, large and whole', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  for (const language of LANGUAGES) {
    if (portal.language !== language) await portal.switchLanguage(language);
    await isSpelled(page, portal, code, language);
  }
  await portal.link('passcode.large').click();
  await portal.isAt(OWN_PAGE);
  for (const language of LANGUAGES) {
    if (portal.language !== language) await portal.switchLanguage(language);
    await expect(portal.heading).toHaveText(portal.saying('title.passcode'));
    await expect(portal.passcode).toHaveCount(0);
    await show(portal);
    await portal.button('passcode.qr_show').click();
    await expect(page.locator('svg.qr')).toBeVisible();
    await isLargeAndWhole(page, portal, language);
    await portal.hidePasscode.click();
  }
});

test('a code of digits is spelled in both languages', async ({ page, portal }) => {
  await portal.reset('aiko', DIGITS);
  const code = await show(portal);
  for (const language of LANGUAGES) {
    if (portal.language !== language) await portal.switchLanguage(language);
    await isSpelled(page, portal, code, language);
  }
});

test('the rest of its time is seen; it goes when that is over, or after half a minute in a hidden tab, and can be shown again', async ({ page, portal }) => {
  await page.clock.install();
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  const isGone = async () => {
    await expect(portal.passcode).toHaveCount(0);
    expect(await wholeText(page)).not.toContain(code);
  };
  const rest = page.locator('.rest-time .digits');
  await expect(rest).toHaveText(/^(2:00|1:5\d)$/);
  await page.clock.runFor('01:00');
  await expect(rest).toHaveText(/^(1:00|0:5\d)$/);
  await page.clock.runFor('01:01');
  await isGone();
  await expect(portal.text('passcode.show_again')).toBeVisible();
  expect(await show(portal)).toBe(code);
  // A glance at another tab takes nothing away.
  await setHidden(page, true);
  await page.clock.runFor('00:20');
  await setHidden(page, false);
  await expect(portal.passcode).toBeVisible();
  await setHidden(page, true);
  await page.clock.runFor('00:31');
  await isGone();
});

test('shown, selected, copied, scanned and hidden; the same on every screen, and in no title, address, storage, history, log or request', async ({ context, page, portal }) => {
  const heard = [];
  context.on('console', (line) => heard.push(line.text()));
  context.on('request', (request) => heard.push(request.url(), request.postData() ?? ''));
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await portal.reset('aiko', ANDROID);
  let code;
  await test.step('showing and hiding keep a keyboard where it was', async () => {
    await portal.showPasscode.focus();
    await page.keyboard.press('Enter');
    await expect(portal.passcode).toBeFocused();
    code = await portal.shownPasscode();
    await page.keyboard.press('Tab');
    await expect(portal.hidePasscode).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(portal.showPasscode).toBeFocused();
    expect(await wholeText(page)).not.toContain(code);
  });
  await test.step('what is selected or copied is the code without gaps', async () => {
    expect(await show(portal)).toBe(code);
    await portal.passcode.locator('.mark').first().click();
    expect(await page.evaluate(() => getSelection().toString())).toBe(code);
    await portal.button('copyPasscode').click();
    await expect(portal.text('copied').first()).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  });
  await test.step('a camera reads the QR code in light, dark and forced colours; it goes with the code', async () => {
    const picture = page.getByRole('img', { name: portal.saying('passcode.qr_label') });
    for (const media of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active', colorScheme: 'dark' }]) {
      await page.emulateMedia(media);
      await expect(page.locator('svg.qr')).toHaveCount(0);
      await portal.button('passcode.qr_show').click();
      expect(await readQrCode(picture), JSON.stringify(media)).toBe(code);
      await portal.button('passcode.qr_hide').click();
      await expect(picture).toHaveCount(0);
    }
    await portal.button('passcode.qr_show').click();
    await portal.hidePasscode.click();
    await expect(page.locator('svg.qr')).toHaveCount(0);
    await show(portal);
    await expect(page.locator('svg.qr')).toHaveCount(0);
  });
  await test.step('who cannot type it finds what to do on this platform', async () => {
    await portal.main.getByText(portal.saying('passcode.cannot_type_heading')).click();
    await expect(portal.main.getByText(portal.saying('keypad.android_switch'))).toBeVisible();
  });
  await test.step('on its own page it is hidden first, and nowhere but on the screen', async () => {
    await portal.button('passcode.qr_show').click();
    await portal.link('passcode.large').click();
    await portal.isAt(OWN_PAGE);
    await expect(portal.passcode).toHaveCount(0);
    expect(await show(portal)).toBe(code);
    const kept = await page.evaluate(() =>
      JSON.stringify([document.title, location.href, history.state, { ...localStorage }, { ...sessionStorage }]));
    expect(kept).not.toContain(code);
  });
  await test.step('on the details it is the same; a page that goes into the back/forward cache takes it not with it', async () => {
    await portal.open(`/devices/${ANDROID}`);
    expect(await show(portal)).toBe(code);
    expect(heard.join('\n')).not.toContain(code);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await expect(portal.passcode).toHaveCount(0);
    expect(await wholeText(page)).not.toContain(code);
  });
});

test('without a clipboard the code is selected and the page says how to copy it; without a voice of its own nothing is read', async ({ context, page, portal }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await giveVoices(context, [{ lang: 'en-US', localService: false }]);
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await expect(portal.button('passcode.read_aloud')).toHaveCount(0);
  await portal.button('copyPasscode').click();
  await expect(portal.text('passcode.copy_failed')).toBeVisible();
  expect(await page.evaluate(() => getSelection().toString())).toBe(code);
});

test('the printed sheet has the steps, and the code only when its box is ticked', async ({ context, page, portal }) => {
  await context.addInitScript(() => {
    globalThis.e2ePrinted = 0;
    globalThis.print = () => {
      globalThis.e2ePrinted += 1;
    };
  });
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await portal.button('passcode.qr_show').click();
  const paper = async () => {
    await page.emulateMedia({ media: 'print' });
    const text = await page.evaluate(() => document.body.innerText.replaceAll(/\s/g, ''));
    const shown = await page.locator('.secret').filter({ visible: true }).count();
    const steps = await page.locator('.steps').filter({ visible: true }).count();
    await page.emulateMedia({ media: null });
    return { text, shown, steps };
  };
  const without = await paper();
  expect(without.text).not.toContain(code);
  expect(without.shown).toBe(0);
  expect(without.steps).toBeGreaterThan(0);
  expect(without.text).toContain(message('en', 'print.without_code').replaceAll(/\s/g, ''));
  await page.getByRole('checkbox', { name: portal.saying('print.with_code') }).check();
  await portal.button('print.steps').click();
  expect(await page.evaluate(() => globalThis.e2ePrinted)).toBe(1);
  const withCode = await paper();
  expect(withCode.text).toContain(code);
  await portal.hidePasscode.click();
  await show(portal);
  expect((await paper()).text).not.toContain(code);
});

test('help and history say on paper whose they are, from where and of when, and the help answers its questions', async ({ page, portal }) => {
  await portal.enter('aiko', '/help');
  const year = String(new Date().getFullYear());
  for (const path of ['/help', '/history']) {
    await portal.open(path);
    await portal.isAt(path);
    await page.emulateMedia({ media: 'print' });
    const mark = page.locator('.print-only').filter({ visible: true }).first();
    await expect(mark).toContainText(portal.stage.origin);
    await expect(mark).toContainText(year);
    await expect(page.locator('.bar')).toBeHidden();
    if (path === '/help') await expect(page.getByText(portal.saying('help.data_answer'))).toBeVisible();
    await page.emulateMedia({ media: null });
    await expect(mark).toBeHidden();
  }
});

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('a voice of the computer reads it slowly, word for word, again on request, and stops when told', async ({ context, page, portal }) => {
      await giveVoices(context, [
        { lang: 'en-US', localService: false },
        { lang: 'en-GB', localService: true },
        { lang: 'ja-JP', localService: true },
      ]);
      await page.clock.install();
      await portal.reset('aiko', ANDROID);
      const code = await show(portal);
      const words = [...code].map((character) => called(language, character).said);
      for (const times of [1, 2]) {
        await portal.button('passcode.read_aloud').click();
        await page.clock.runFor((code.length + 1) * 1_000);
        await expect(portal.button('passcode.read_aloud')).toBeFocused();
        const { said } = await voiced(page);
        expect(said.map((utterance) => utterance.text)).toEqual(Array(times).fill(words).flat());
        // Never by a voice of the network.
        for (const { rate, voice } of said) {
          expect(rate).toBeLessThan(0.8);
          expect(voice.localService).toBe(true);
          expect(voice.lang.startsWith(language)).toBe(true);
        }
      }
      for (const end of [
        () => portal.button('passcode.read_aloud_stop').click(),
        () => portal.hidePasscode.click(),
        () => portal.link('passcode.large').click(),
      ]) {
        if (await portal.showPasscode.isVisible()) await show(portal);
        await portal.button('passcode.read_aloud').click();
        await page.clock.runFor(1_500);
        const before = await voiced(page);
        await end();
        await page.clock.runFor(10_000);
        const after = await voiced(page);
        expect(after.stopped).toBeGreaterThan(before.stopped);
        expect(after.said).toHaveLength(before.said.length);
      }
    });
  });
}
