// The measures of the walk, step by step through a reset: how much is said, where the main button is in four windows, how high
// the header, how long the page, how many presses of Tab lead to the button. Printed as a table, kept as output/measures-*.md,
// and held to their budgets (docs/adr/0039-words-have-budgets.md). The words alone, on every platform and in German too, are
// tests/view_budget.rs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, LANGUAGES, test } from './fixtures.mjs';
import { deviceAddress } from './portal.mjs';
import { ANDROID, IPHONE } from './sample.mjs';

const OUTPUT = process.env.PORTAL_E2E_OUTPUT ?? join(resolve(dirname(fileURLToPath(import.meta.url))), '../output');

/** A laptop, the same at 200 %, two phones. */
const WINDOWS = [
  [1280, 800],
  [640, 400],
  [360, 740],
  [320, 568],
];

/** What may be read at most on a step: words in English, characters without white space in Japanese. */
const BUDGETS = {
  device: { en: 130, ja: 380 },
  explanation: { en: 70, ja: 220 },
  confirmation: { en: 85, ja: 250 },
  pending: { en: 100, ja: 290 },
  'above the code': { en: 25, ja: 60 },
};

/** Pixels that one reset may take in the history, by the width of the window; the walk found 314 and 1,326. */
const HEIGHT_OF_A_RUN = { 1280: 145, 360: 300 };

/** Presses of Tab to the main button, from where the focus is when the step begins; what the walk counted, as the most. */
const TABS = { devices: 2, device: 2, explanation: 5, confirmation: 2 };

/** How much is said, without what nobody sees: words, or in Japanese characters. */
function length(language, text) {
  return language === 'ja' ? text.replaceAll(/\s/g, '').length : text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** What is read of an element without opening anything. */
const read = (element) => element.evaluate((root) => root.innerText);

/** The text of the result up to where the code stands. */
function readAboveTheCode(page) {
  return page.evaluate(() => {
    const code = document.querySelector('main .code-box');
    const range = document.createRange();
    range.setStart(document.querySelector('main'), 0);
    range.setEndBefore(code);
    const holder = document.createElement('div');
    holder.append(range.cloneContents());
    // What only a screen reader hears, and what is for paper, is not read on the screen.
    holder.querySelectorAll('.sr, .print-only').forEach((hidden) => hidden.remove());
    return holder.textContent.replaceAll(/(?<=[\p{L}.:])(?=\p{Lu})/gu, ' ');
  });
}

/** Below the window (positive) or in it, and by how much: the lower edge of the button. */
async function places(page, button) {
  const found = [];
  const before = page.viewportSize();
  for (const [width, height] of WINDOWS) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => scrollTo(0, 0));
    const box = await button.boundingBox();
    const bar = await page.locator('.bar').boundingBox();
    const trail = await page.locator('.trail').evaluateAll((trails) => trails.map((trail) => trail.getBoundingClientRect().height));
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    found.push({ width, height, below: Math.round(box.y + box.height - height), header: Math.round(bar?.height ?? 0), trail: Math.round(trail[0] ?? 0), whole });
  }
  await page.setViewportSize(before);
  return found;
}

async function tabsTo(page, button) {
  for (let presses = 0; presses <= 20; presses += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) return presses;
    await page.keyboard.press('Tab');
  }
  return Infinity;
}

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('every step of a reset is brief, and its button in sight', async ({ page, portal }) => {
      test.slow();
      const rows = [];
      /** One step; `held`: whether its button has to be in sight in all four windows. */
      const measure = async (step, { root, button, text, held = false }) => {
        const kind = step.replace(/,.*/, '');
        const said = length(language, text ?? (await read(root)));
        const tabs = TABS[kind] === undefined ? undefined : await tabsTo(page, button);
        const where = button === undefined ? [] : await places(page, button);
        rows.push({ step, said, tabs, where });
        const budget = BUDGETS[kind]?.[language];
        if (budget !== undefined) expect.soft(said, `${step}: said`).toBeLessThanOrEqual(budget);
        if (tabs !== undefined) expect.soft(tabs, `${step}: presses of Tab`).toBeLessThanOrEqual(TABS[kind]);
        for (const { width, height, below, header, trail } of where) {
          if (held) expect.soft(below, `${step}: button below the window of ${width} by ${height}`).toBeLessThanOrEqual(0);
          expect.soft(trail, `${step}: the steps in one row at ${width}`).toBeLessThanOrEqual(32);
          expect.soft(header, `${step}: header at ${width}`).toBeLessThanOrEqual(width < 640 ? 56 : 64);
        }
      };
      await portal.open('/');
      await expect(portal.wayToSignIn).toBeVisible();
      await measure('landing', { root: portal.main, button: portal.wayToSignIn });
      await portal.enter('aiko', '/devices');
      await measure('devices', { root: portal.main, button: portal.device(ANDROID).first(), held: true });
      for (const device of [ANDROID, IPHONE]) {
        await portal.open(deviceAddress(device));
        await portal.isAt(deviceAddress(device));
        await measure(`device, ${device}`, { root: portal.main, button: portal.resetCommand });
        await portal.explain();
        await measure(`explanation, ${device}`, { root: portal.dialog, button: portal.signInAgain, held: true });
        await portal.leaveForSignIn();
        await portal.provider.fill('aiko');
        await expect(portal.lastButton).toBeVisible();
        await measure(`confirmation, ${device}`, { root: portal.main, button: portal.lastButton, held: true });
        await portal.lastButton.click();
        await portal.isPending();
        await measure(`pending, ${device}`, { root: portal.main });
        await portal.isDone();
        const hasCode = device === ANDROID;
        await measure(`result, ${device}`, { root: portal.main, button: hasCode ? portal.showPasscode : undefined });
        if (hasCode) await measure('above the code', { text: await readAboveTheCode(page) });
      }
      await portal.open('/history');
      await portal.isAt('/history');
      const runs = page.locator('.history tbody tr');
      await expect(runs).toHaveCount(2);
      for (const [width, highest] of Object.entries(HEIGHT_OF_A_RUN)) {
        await page.setViewportSize({ width: Number(width), height: 740 });
        const heights = await runs.evaluateAll((rows) => rows.map((row) => Math.round(row.getBoundingClientRect().height)));
        const tallest = Math.max(...heights);
        rows.push({ step: `history, ${tallest} px a run at ${width}`, said: length(language, await read(portal.main)), where: [] });
        expect.soft(tallest, `history: pixels of a run at ${width}`).toBeLessThanOrEqual(highest);
      }
      const line = ({ step, said, tabs, where }) =>
        `| ${step} | ${said} | ${tabs ?? ''} | ${WINDOWS.map((_, at) => (where[at] ? `${where[at].below} / ${where[at].whole}` : '')).join(' | ')} |`;
      const table = [
        `| step (${language}) | ${language === 'ja' ? 'characters' : 'words'} | Tab | ${WINDOWS.map(([width, height]) => `below / page at ${width}×${height}`).join(' | ')} |`,
        '|---|---|---|---|---|---|---|',
        ...rows.map(line),
      ].join('\n');
      console.log(`\n${table}\n`);
      mkdirSync(OUTPUT, { recursive: true });
      writeFileSync(join(OUTPUT, `measures-${language}.md`), `${table}\n`);
    });
  });
}
