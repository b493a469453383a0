// The page as a person meets it: by role, name and text, in their language. Tests speak in these words; where something
// stands in the page is known here only.

import { expect } from '@playwright/test';
import { PASSWORD, PEOPLE } from './sample.mjs';
import { IN_FIREFOX } from './support/browser.mjs';
import { MODE } from './support/modes.mjs';
import { keyOfReason, named, saying } from './words.mjs';

/** Where the page shows a device. The identifier of one that another service manages has a colon in it. */
export const deviceAddress = (id) => `/devices/${encodeURIComponent(id)}`;

/** The sign-in form of the sample provider. */
class SignInForm {
  constructor(page) {
    this.userName = page.locator('input[name=login]');
    this.password = page.locator('input[name=password]');
    this.submit = page.locator('button[type=submit]');
    this.cancel = page.locator('a[href$="/cancel"]');
  }

  /** @param {keyof typeof PEOPLE} who */
  async fill(who) {
    await this.userName.fill(PEOPLE[who]);
    await this.password.fill(PASSWORD);
    await this.submit.click();
  }
}

export class Portal {
  /**
   * @param {import('@playwright/test').Page} page @param {'en' | 'ja'} language
   * @param {string} basePath where the portal lies on its host: nothing at the top
   */
  constructor(page, language, stage, basePath = '') {
    this.page = page;
    this.language = language;
    this.stage = stage;
    this.basePath = basePath;
    this.provider = new SignInForm(page);
  }

  /** The same page object over another tab. */
  in(page) {
    return new Portal(page, this.language, this.stage, this.basePath);
  }

  /** A text of the interface as a pattern; its placeholders match anything. */
  saying(name) {
    return saying(this.language, name);
  }

  button(name, within = this.page) {
    return within.getByRole('button', { name: named(this.language, name) });
  }

  link(name, within = this.page) {
    return within.getByRole('link', { name: named(this.language, name) });
  }

  /** A command, whether it is built as a button or as a link. */
  command(name, within = this.page) {
    return this.button(name, within).or(this.link(name, within));
  }

  /** A text in the content of the page (the flag's list at the top may hold the same words, hidden). */
  text(name, within = this.main) {
    return within.getByText(this.saying(name));
  }

  /** The heading of the page, saying this. */
  headed(name) {
    return this.page.getByRole('heading', { level: 1, name: this.saying(name) });
  }

  get heading() {
    return this.page.getByRole('heading', { level: 1 });
  }

  get main() {
    return this.page.getByRole('main');
  }

  get dialog() {
    return this.page.getByRole('dialog');
  }

  // --- signing in and out

  async open(path = '/') {
    await this.page.goto(this.basePath + path);
  }

  /** From the page that offers to sign in to the provider's form. */
  async goToProvider() {
    await this.wayToSignIn.click();
    await expect(this.provider.userName).toBeVisible();
  }

  /**
   * Opens a route as somebody who signed in at the provider before, elsewhere: nothing is asked; ends on that route. The form
   * is filled in where the way through it is what is tried (`enterByForm`), in Firefox, in session mode, where nobody is signed in
   * without a click, and by a tab that was used before.
   */
  async enter(who, path = '/devices') {
    if (IN_FIREFOX || MODE === 'session' || this.page.url() !== 'about:blank') return this.enterByForm(who, path);
    await this.stage.signInElsewhere(this.page.context(), PEOPLE[who], PASSWORD);
    await this.open(path);
    await this.isAt(path);
  }

  /** Opens a route as a first-time visitor and signs in; ends on that route. */
  async enterByForm(who, path = '/devices') {
    await this.open(path);
    await this.goToProvider();
    await this.provider.fill(who);
    await this.isAt(path);
  }

  /** The same on a screen of somebody else. */
  async enterBorrowed(who) {
    await this.open('/');
    await this.page.getByRole('checkbox', { name: this.saying('shared_computer.check') }).check();
    await this.goToProvider();
    await this.provider.fill(who);
    await this.isAt('/devices');
  }

  /** What stands there while the page starts, signs in by itself or reads: not yet what was asked for. */
  get waiting() {
    return this.page.locator('.shell-loading, .hero > .working, .working.late, .skeletons');
  }

  async isAt(path) {
    await expect(async () => {
      await expect(this.page).toHaveURL((address) => address.pathname === this.basePath + path, { timeout: 1_000 });
      await expect(this.heading).toBeVisible({ timeout: 1_000 });
      await expect(this.waiting).toHaveCount(0, { timeout: 1_000 });
    }).toPass({ timeout: 30_000, intervals: [50] });
  }

  /** The menu at the top right, while somebody is signed in. */
  get menu() {
    return this.page.locator('.menu');
  }

  async openMenu() {
    if (!(await this.menu.isVisible())) await this.page.locator('.account').click();
    await expect(this.menu).toBeVisible();
  }

  async closeMenu() {
    await this.menu.evaluateAll((menus) => menus.forEach((menu) => menu.hidePopover()));
  }

  async chooseSignOut() {
    await this.openMenu();
    await this.button('signOut', this.menu).click();
  }

  async signOut() {
    await this.chooseSignOut();
    await this.isAt('/signed-out');
  }

  // --- devices

  device(id) {
    return this.page.locator(`a[href="${this.basePath}${deviceAddress(id)}"]`);
  }

  async openDevice(id) {
    await this.device(id).first().click();
    await this.isAt(deviceAddress(id));
  }

  get resetCommand() {
    return this.command('resetPasscode', this.main).first();
  }

  get deviceLinks() {
    return this.main.locator(`a[href^="${this.basePath}/devices/"]`);
  }

  get search() {
    return this.page.getByRole('searchbox');
  }

  // --- the other actions

  /** One of the actions on the details of a device: what it does, its button, how far it is. `name` as for `button`. */
  action(name) {
    return this.main.locator('.stack.tight').filter({ has: this.button(name) });
  }

  // --- the reset

  /** Dialog A of flow.md: what will happen and why signing in again is needed. */
  async explain() {
    await this.resetCommand.click();
    await expect(this.dialog).toBeVisible();
  }

  /** "Sign out" in A, not the one at the top of the page. */
  get signInAgain() {
    return this.command('signInAgain', this.dialog).or(this.command('signInAgain', this.main)).first();
  }

  async leaveForSignIn() {
    await this.signInAgain.click();
    await expect(this.provider.password).toBeVisible();
  }

  /** B of flow.md: the last button, which names the device. */
  get lastButton() {
    return this.button('confirmReset');
  }

  /** The ticking digits are hidden from assistive technology, so they are found by their place. */
  get countdown() {
    return this.page.locator('.countdown .digits');
  }

  /** From the details of a device to B, with a fresh sign-in on the way. */
  async stepUp(who = 'aiko') {
    await this.explain();
    await this.leaveForSignIn();
    await this.provider.fill(who);
  }

  /** The sign-in form, with the explanation before it if there is one. */
  async finishesStepUp(who) {
    const explained = this.signInAgain;
    await expect(explained.or(this.provider.password).first()).toBeVisible();
    if (await explained.isVisible()) await explained.click();
    await expect(this.provider.password).toBeVisible();
    await this.provider.fill(who);
  }

  /** What the reset will do to this device, said before it is done. */
  async previews(platform) {
    const where = (await this.dialog.isVisible()) ? this.dialog : this.main;
    await expect(where.getByText(this.saying(`preview.${platform.words}`)).first()).toBeVisible();
  }

  /** What to know afterwards on this platform. */
  async notes(platform) {
    await expect(this.main.getByText(this.saying(`done.${platform.words}_note`)).first()).toBeVisible();
  }

  /** Why the server does not allow it, in words. */
  reason(code) {
    return this.saying(keyOfReason(code));
  }

  async reachConfirm(who, device) {
    await this.enter(who, deviceAddress(device));
    await this.stepUp(who);
    await expect(this.lastButton).toBeVisible();
  }

  /** The same for who is signed in already, from wherever they are. */
  async confirmAgain(who, device) {
    await this.open(deviceAddress(device));
    await this.isAt(deviceAddress(device));
    await this.stepUp(who);
    await expect(this.lastButton).toBeVisible();
  }

  async isPending() {
    await expect(this.headed('pending')).toBeVisible();
  }

  /** The details of a device whose reset is under way lead to it. */
  async detailsSayPending() {
    await expect(this.link('showState')).toBeVisible();
  }

  /** Cancels the reset that is shown as pending, and answers the question before it. */
  async cancelPending() {
    await this.button('pending.cancel').click();
    await this.button('live.cancel_yes', this.dialog).click();
    await expect(this.headed('canceled.heading')).toBeVisible();
  }

  async isDone() {
    await expect(this.headed('done')).toBeVisible({ timeout: 20_000 });
  }

  async reset(who, device) {
    await this.reachConfirm(who, device);
    await this.lastButton.click();
    await this.isDone();
  }

  get showPasscode() {
    return this.button('showPasscode');
  }

  get hidePasscode() {
    return this.button('hidePasscode');
  }

  get passcode() {
    return this.page.locator('output.code');
  }

  /** The passcode on the page, without the gaps of its groups. */
  async shownPasscode() {
    return (await this.passcode.first().innerText()).replaceAll(/\s/g, '');
  }

  /** After a lost answer: try again, with the same key. */
  get retryReset() {
    return this.button('retryReset');
  }

  // --- errors

  /** The button that reads again what could not be read. */
  get retry() {
    return this.button('retry').first();
  }

  async retryUntil(target) {
    await expect(async () => {
      if (await this.retry.isVisible()) await this.retry.click();
      await expect(target).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
  }

  /** Whichever way the page offers to sign in now. */
  get wayToSignIn() {
    return this.command('signIn').or(this.command('signInRetry')).or(this.command('startAgain')).or(this.retry).first();
  }

  /** The page says so at once, after trying to sign in, or at the latest when the sign-in returns. */
  async saysWhenSigningIn(name, who = 'aiko') {
    const said = this.text(name).first();
    await expect(said.or(this.wayToSignIn).first()).toBeVisible();
    if (!(await said.isVisible())) await this.wayToSignIn.click();
    await expect(said.or(this.provider.password).first()).toBeVisible();
    if (!(await said.isVisible())) await this.provider.fill(who);
    await expect(said).toBeVisible();
  }

  /** Waits until the page says the same twice in a row and nothing is loading. */
  async settles() {
    let before;
    await expect
      .poll(
        async () => {
          const now = await this.page.evaluate(() => location.pathname + document.body.innerText).catch(() => undefined);
          const same = now !== undefined && now === before && (await this.waiting.count()) === 0;
          before = now;
          return same;
        },
        { intervals: [200] },
      )
      .toBe(true);
  }

  // --- around it

  get flag() {
    const banner = this.page.getByRole('banner');
    return this.command('flag', banner).or(this.command('flagCount', banner));
  }

  async openNotifications() {
    await this.flag.click();
    await this.link('allNotifications').click();
    await this.isAt('/notifications');
  }

  /** The choice of the language: in the menu while somebody is signed in, in the header before. */
  async languageChoice() {
    if ((await this.page.locator('.account').count()) > 0) await this.openMenu();
    return this.page.getByRole('combobox', { name: this.saying('languageChoice') });
  }

  async switchLanguage(language) {
    await (await this.languageChoice()).selectOption(language);
    await this.closeMenu();
    this.language = language;
    await expect(this.page.locator('html')).toHaveAttribute('lang', language);
  }

  itContact(name) {
    return this.page.getByText(name).filter({ visible: true }).first();
  }
}
