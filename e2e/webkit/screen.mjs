// The page as a person meets it, by name and text, over WebDriver: the few words core.spec.mjs speaks.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { By } from 'selenium-webdriver';
import { expect } from '@playwright/test';
import { PASSWORD, PEOPLE } from '../tests/sample.mjs';
import { drawnBy } from '../tests/support/frames.mjs';
import { named, saying } from '../tests/words.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WAIT = { timeout: 20_000, intervals: [50, 100, 250] };

/** In the page: the visible elements of a selector whose name or text matches. */
const FIND = `
  const [selector, source] = arguments;
  const pattern = new RegExp(source);
  const name = (element) => element.getAttribute('aria-label') ?? element.innerText ?? '';
  return [...document.querySelectorAll(selector)].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && pattern.test(name(element)),
  );`;

export class Screen {
  constructor(driver, language, stage) {
    this.driver = driver;
    this.language = language;
    this.stage = stage;
  }

  #all(selector, pattern = /(?:)/) {
    return this.driver.executeScript(FIND, selector, pattern.source);
  }

  /** Waits until one is there; a page that is changing under the look is looked at again. */
  async #one(selector, pattern) {
    let found;
    await expect(async () => {
      [found] = await this.#all(selector, pattern);
      expect(found, `${selector} saying ${pattern}`).toBeTruthy();
    }).toPass(WAIT);
    return found;
  }

  async #press(selector, pattern) {
    // What was found may be drawn anew before it is pressed.
    await expect(async () => {
      const [found] = await this.#all(selector, pattern);
      expect(found, `${selector} saying ${pattern}`).toBeTruthy();
      // This driver presses only what stands in the window.
      await this.driver.executeScript("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", found);
      await found.click();
    }).toPass(WAIT);
  }

  // --- what stands there

  async shows(name, selector = 'main *') {
    await this.#one(selector, saying(this.language, name));
  }

  async headed(name) {
    await this.shows(name, 'h1');
  }

  async count(selector, name) {
    return (await this.#all(selector, name ? named(this.language, name) : undefined)).length;
  }

  async text(selector) {
    return (await this.#one(selector)).getText();
  }

  /** One look at one document: on the way there the address may be right and the page still on its way elsewhere. */
  async isAt(path) {
    const rests = `
      return location.pathname === arguments[0] && document.querySelector('main h1') !== null
        && document.querySelector('.shell-loading, .hero > .working, .working.late, .skeletons') === null;`;
    await expect.poll(() => this.driver.executeScript(rests, path).catch(() => false), WAIT).toBe(true);
  }

  /** What axe finds wrong, one line each. */
  async violations() {
    // Colours half-way through a movement are nobody's colours.
    await drawnBy(this.driver);
    await this.driver.executeScript(`if (!window.axe) { ${AXE} }`);
    const run = `
      const [tags, done] = arguments;
      window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(
        (run) => done(run.violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target.join(' ')))),
        (error) => done([String(error)]),
      );`;
    return this.driver.executeAsyncScript(run, AXE_TAGS);
  }

  // --- what a person does

  open(path) {
    return this.driver.get(this.stage.origin + path);
  }

  press(name, within = '') {
    return this.#press(`${within} button, ${within} a[href]`, named(this.language, name));
  }

  choose(device) {
    return this.#press(`a[href="/devices/${device}"]`);
  }

  /** Signed in, the languages are in the menu at the top right. */
  async speak(language) {
    await this.#press('.account');
    await this.driver.findElement(By.css(`select option[value="${language}"]`)).click();
    this.language = language;
    await this.#one(`html[lang="${language}"] h1`);
    await this.driver.executeScript("document.querySelector('.menu').hidePopover()");
  }

  /** The form of the sample provider. */
  async signInAs(who) {
    await this.#one('input[name=password]');
    await this.driver.executeScript("document.querySelector('input[name=login]').value = ''");
    await this.driver.findElement(By.name('login')).sendKeys(PEOPLE[who]);
    await this.driver.findElement(By.name('password')).sendKeys(PASSWORD);
    await this.#press('button[type=submit]');
  }

  async enter(who, path) {
    await this.open(path);
    await this.press('signIn');
    await this.signInAs(who);
    await this.isAt(path);
  }

  /** By the menu at the top right. */
  async signOut() {
    await this.#press('.account');
    await this.press('signOut', '.menu');
  }

  /** From the details to the fresh sign-in. */
  async leaveForSignIn() {
    await this.press('resetPasscode', 'main');
    await this.#one('dialog[open]');
    await this.press('signInAgain', 'dialog');
  }
}
