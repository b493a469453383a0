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

/** After a reset, on the passcode's own page. */
async function onOwnPage(portal, device = ANDROID) {
  await portal.reset('aiko', device);
  await portal.link('passcode.large').click();
  await portal.isAt(`/devices/${device}/passcode`);
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

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    for (const device of [ANDROID, DIGITS]) {
      test(`the spelled list of ${device} is the code, character by character`, async ({ page, portal }) => {
        await portal.reset('aiko', device);
        const code = await show(portal);
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
      });
    }

    test('its own page: hidden first, large, whole at 320 px, and nothing for axe to find', async ({ page, portal }) => {
      await onOwnPage(portal);
      await expect(portal.heading).toHaveText(portal.saying('title.passcode'));
      await expect(portal.passcode).toHaveCount(0);
      await show(portal);
      await portal.button('passcode.qr_show').click();
      await expect(page.locator('svg.qr')).toBeVisible();
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
    });
  });
}

test('the rest of its time is seen, and after it the page says until when it can be shown again', async ({ page, portal }) => {
  await page.clock.install();
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  const rest = page.locator('.rest-time .digits');
  await expect(rest).toHaveText(/^(2:00|1:5\d)$/);
  await page.clock.runFor('01:00');
  await expect(rest).toHaveText(/^(1:00|0:5\d)$/);
  await page.clock.runFor('01:01');
  await expect(portal.passcode).toHaveCount(0);
  expect(await wholeText(page)).not.toContain(code);
  await expect(portal.text('passcode.show_again')).toBeVisible();
  expect(await show(portal)).toBe(code);
});

test('half a minute in a hidden tab takes it away, a glance at another tab does not', async ({ page, portal }) => {
  await page.clock.install();
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await setHidden(page, true);
  await page.clock.runFor('00:20');
  await setHidden(page, false);
  await expect(portal.passcode).toBeVisible();
  await setHidden(page, true);
  await page.clock.runFor('00:31');
  await expect(portal.passcode).toHaveCount(0);
  expect(await wholeText(page)).not.toContain(code);
});

test('a page that goes into the back/forward cache takes no passcode with it', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await expect(portal.passcode).toHaveCount(0);
  expect(await wholeText(page)).not.toContain(code);
});

test('it is in no title, address, storage, history, log or request', async ({ context, page, portal }) => {
  const heard = [];
  context.on('console', (line) => heard.push(line.text()));
  context.on('request', (request) => heard.push(request.url(), request.postData() ?? ''));
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await portal.button('passcode.qr_show').click();
  await portal.link('passcode.large').click();
  await portal.isAt(OWN_PAGE);
  await expect(portal.passcode).toHaveCount(0);
  await show(portal);
  const kept = await page.evaluate(() =>
    JSON.stringify([document.title, location.href, history.state, { ...localStorage }, { ...sessionStorage }]));
  expect(kept).not.toContain(code);
  expect(heard.join('\n')).not.toContain(code);
});

test('what is selected is the code without gaps', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await portal.passcode.locator('.mark').first().click();
  expect(await page.evaluate(() => getSelection().toString())).toBe(code);
});

test('without a clipboard the code is selected and the page says how to copy it', async ({ context, page, portal }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  await portal.button('copyPasscode').click();
  await expect(portal.text('passcode.copy_failed')).toBeVisible();
  expect(await page.evaluate(() => getSelection().toString())).toBe(code);
});

test('a camera reads the QR code in light, dark and forced colours', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  const code = await show(portal);
  const picture = page.getByRole('img', { name: portal.saying('passcode.qr_label') });
  for (const media of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active', colorScheme: 'dark' }]) {
    await page.emulateMedia(media);
    await expect(page.locator('svg.qr')).toHaveCount(0);
    await portal.button('passcode.qr_show').click();
    expect(await readQrCode(picture), JSON.stringify(media)).toBe(code);
    await portal.button('passcode.qr_hide').click();
    await expect(picture).toHaveCount(0);
  }
});

test('the QR code goes with the code', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  await show(portal);
  await portal.button('passcode.qr_show').click();
  await portal.hidePasscode.click();
  await expect(page.locator('svg.qr')).toHaveCount(0);
  await show(portal);
  await expect(page.locator('svg.qr')).toHaveCount(0);
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

test.describe('with a voice of the computer', () => {
  test.beforeEach(({ context }) =>
    giveVoices(context, [
      { lang: 'en-US', localService: false },
      { lang: 'en-GB', localService: true },
      { lang: 'ja-JP', localService: true },
    ]));

  for (const language of LANGUAGES) {
    test.describe(`in ${language}`, () => {
      test.use({ language });

      test('it is read slowly, word for word, again on request, and never by a voice of the network', async ({ page, portal }) => {
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
          for (const { rate, voice } of said) {
            expect(rate).toBeLessThan(0.8);
            expect(voice.localService).toBe(true);
            expect(voice.lang.startsWith(language)).toBe(true);
          }
        }
      });
    });
  }

  test('it stops when told, when the code is hidden and when the page is left', async ({ page, portal }) => {
    await page.clock.install();
    await portal.reset('aiko', ANDROID);
    const ends = [
      () => portal.button('passcode.read_aloud_stop').click(),
      () => portal.hidePasscode.click(),
      () => portal.link('passcode.large').click(),
    ];
    for (const end of ends) {
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

test('without a voice of its own the computer is not offered to read', async ({ context, portal }) => {
  await giveVoices(context, [{ lang: 'en-US', localService: false }]);
  await portal.reset('aiko', ANDROID);
  await show(portal);
  await expect(portal.button('passcode.read_aloud')).toHaveCount(0);
});

test('who cannot type it finds what to do on this platform, before and after', async ({ portal }) => {
  await portal.enter('aiko', `/devices/${ANDROID}`);
  await portal.explain();
  await expect(portal.dialog.getByText(portal.saying('preview.android'))).toBeVisible();
  await portal.leaveForSignIn();
  await portal.provider.fill('aiko');
  await expect(portal.main.getByText(portal.saying('preview.android'))).toBeVisible();
  await portal.lastButton.click();
  await portal.isDone();
  await portal.main.getByText(portal.saying('passcode.cannot_type_heading')).click();
  await expect(portal.main.getByText(portal.saying('keypad.android_switch'))).toBeVisible();
});

test('showing and hiding keep a keyboard where it was', async ({ page, portal }) => {
  await portal.reset('aiko', ANDROID);
  await portal.showPasscode.focus();
  await page.keyboard.press('Enter');
  await expect(portal.passcode).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(portal.hidePasscode).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(portal.showPasscode).toBeFocused();
});
