// Looking at a state as different people see it: both colour schemes, a wide and a narrow window. Each look checks that
// nothing needs sideways scrolling and that axe finds nothing, and leaves a picture for a person in output/pictures.

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { violations, violationsOfColours } from './axe.mjs';
import { IN_FIREFOX } from './browser.mjs';
import { drawn } from './frames.mjs';
import { MODE } from './modes.mjs';

const FOLDER = MODE === 'session' ? 'output/session-pictures' : 'output/pictures';
const PICTURES = join(resolve(dirname(fileURLToPath(import.meta.url)), '../..'), FOLDER);
/** Where a picture of this name goes. */
export function picturePath(name) {
  const path = join(PICTURES, `${name}.png`);
  mkdirSync(join(PICTURES, 'before'), { recursive: true });
  // The picture of the run before stands beside the new one in the gallery.
  if (existsSync(path)) renameSync(path, join(PICTURES, 'before', `${name}.png`));
  return path;
}

/** Pixels; pictures of 100 rows help nobody. */
const TALLEST = 3000;
const WINDOWS = {
  wide: { width: 1280, height: 900 },
  narrow: { width: 320, height: 720 },
  laptop: { width: 1366, height: 768 },
  large: { width: 1920, height: 1080 },
  phone: { width: 360, height: 740 },
};
/** Windows that many people have. One state of each screen is seen in them, in both languages, by day and by night: that is enough for a layout. */
const COMMON = ['laptop', 'large', 'phone'];
const REPRESENTATIVES = new Set(['home', 'devices-many', 'details', 'explain', 'confirm-android', 'pending', 'done-android-shown', 'erase-confirm', 'notifications', 'history', 'help']);
/** The windows of each colour scheme: the room that things take is the same in both. */
const EVERY = { light: ['wide', 'narrow'], dark: ['wide'] };
/** What each of the many explanations, all built from the same parts, is seen in. */
const SOME = { light: ['narrow'], dark: ['wide'] };

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} language
 * @param {string} name what is seen; the file name of the pictures
 */
export function look(page, language, name) {
  const all = [...EVERY.light, ...COMMON];
  return lookAt(page, { language, name, appearances: REPRESENTATIVES.has(name) ? { light: all, dark: all } : EVERY });
}

/**
 * The same in half of the pictures: small in daylight, wide in the dark.
 * @param {() => Promise<unknown>} pose what a picture needs after the window has changed, such as to be scrolled
 */
export function glance(page, language, name, pose = async () => {}) {
  return lookAt(page, { language, name, appearances: SOME, pose });
}

async function lookAt(page, { language, name, appearances, pose = async () => {} }) {
  if (IN_FIREFOX) {
    // Taking a picture puts a style into the page, which its policy forbids and Firefox reports; colour schemes cannot be set.
    expect.soft(await violations(page), `axe: ${name}, ${language}`).toEqual([]);
    expect.soft(await sidewaysOverflow(page), `sideways scrolling: ${name}, ${language}`).toBeLessThanOrEqual(0);
    return;
  }
  const before = page.viewportSize();
  const filled = await filledButtons(page);
  expect.soft(filled.length, `filled buttons: ${name}, ${language}: ${filled.join(', ')}`).toBeLessThanOrEqual(1);
  for (const [colorScheme, windows] of Object.entries(appearances)) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = colorScheme === 'light' ? await violations(page) : await violationsOfColours(page);
    expect.soft(found, `axe: ${name}, ${language}, ${colorScheme}`).toEqual([]);
    for (const width of windows) {
      await page.setViewportSize(WINDOWS[width]);
      await pose();
      await picture(page, WINDOWS[width], `${name}-${language}-${colorScheme}-${width}`);
      expect.soft(await sidewaysOverflow(page), `sideways scrolling: ${name}, ${language}, ${width}`).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize(before);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** The whole page, also what is below the fold; of very long lists the beginning. */
async function picture(page, { width }, name) {
  // Rows out of sight are not drawn, and a picture of the whole page shows them too.
  await page.evaluate(() => {
    for (const row of document.querySelectorAll('.device')) row.style.contentVisibility = 'visible';
  });
  await drawn(page);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(whole, TALLEST) };
  await page.screenshot({ path: picturePath(name), fullPage: true, clip });
}

/** What the filled buttons say that can be pressed: one at most, so that the eye knows where to go. */
export function filledButtons(page) {
  return page.evaluate(() => {
    const root = document.querySelector('dialog[open]') ?? document.querySelector('main') ?? document.body;
    const filled = [...root.querySelectorAll('.button:is(.primary, .danger)')];
    return filled.filter((button) => button.checkVisibility()).map((button) => button.textContent.trim());
  });
}

/** What stands in the content of the page and says nothing: a text of a language that is missing. */
export function withoutWords(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('main :is(h1, h2, p, li, button)')]
      .filter((element) => !element.textContent.trim() && element.checkVisibility())
      .map((element) => element.outerHTML));
}

/** By how many pixels the document, or an open dialog, is wider than the window. */
export function sidewaysOverflow(page) {
  return page.evaluate(() => {
    const roots = [document.documentElement, ...document.querySelectorAll('dialog[open]')];
    return Math.max(...roots.map((root) => root.scrollWidth - root.clientWidth));
  });
}
