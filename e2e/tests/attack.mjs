// What every test of an attack starts with: the stage that can lie, and what must be true of a sign-in that was refused.

import { CALL } from './support/api.mjs';
import { AttackStage } from './support/attack-stage.mjs';
import { expect, test as base } from './fixtures.mjs';
import { MODE } from './support/modes.mjs';

export { expect };

export const test = base.extend({
  stage: [
    async ({}, use) => {
      const stage = await AttackStage.open();
      await use(stage);
      await stage.close();
    },
    { scope: 'worker' },
  ],

  server: [
    async ({ stage, server }, use) => {
      stage.calm();
      await use(server);
      stage.calm();
    },
    { auto: true },
  ],

  /** The stable codes the page logs (`auth.*`, `api.*`), in order. */
  codes: async ({ context }, use) => {
    const codes = [];
    context.on('console', (message) => {
      const [, code] = /^((?:auth|api)\.\w+) /.exec(message.text()) ?? [];
      if (code) codes.push(code);
    });
    await use(codes);
  },

  refused: async ({ page, portal, api, codes, server }, use) => use(new Refusals({ page, portal, api, codes, server })),
});

/** What a browser holds in session mode. */
export const SESSION_COOKIE = '__Host-portal-session';

/** The page's own requests for what starts with `address`, from now on (what the browser repeats by itself is not among them). */
export function asking(page, address) {
  const asked = [];
  page.on('request', (request) => {
    if (request.url().startsWith(address)) asked.push(request);
  });
  return asked;
}

/** Sign-ins that must not come about. */
class Refusals {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** From the start page of a tab that knows nothing, through the provider, which asks nothing while its session lives. */
  async signIn() {
    await this.#forget();
    await this.#begin();
  }

  /** Nobody is signed in here: not in this tab, and in session mode not in this browser. */
  async #forget() {
    await this.page.evaluate(() => sessionStorage.clear());
    if (MODE !== 'session') return;
    await this.page.goto('about:blank');
    await this.page.context().clearCookies({ domain: 'localhost' });
  }

  async #begin() {
    await this.portal.open('/');
    // Not waited for: in session mode the server asks the provider before anything is shown.
    await this.portal.wayToSignIn.click({ noWaitAfter: true });
  }

  /** What the page learns from the provider anew at each sign-in the server keeps for an hour: it forgets it. */
  async forgetProvider() {
    if (MODE === 'session') await this.server.restart();
  }

  /** Tries to sign in, from the explanation of the refusal before where it stands; the page explains, with `code` in its log,
   *  and nothing is kept or asked for. */
  async signingIn(code) {
    const isAgain = await this.portal.headed('signInProblem').isVisible();
    if (!isAgain) await this.#forget();
    this.codes.length = 0;
    const before = this.#calls();
    await (isAgain ? this.portal.wayToSignIn.click({ noWaitAfter: true }) : this.#begin());
    await this.isExplained(code);
    expect(this.#calls(), `${code}: no call with a token that was not believed`).toBe(before);
  }

  async isExplained(code, { heading = 'signInProblem', timeout } = {}) {
    // The code first: the heading may be that of the refusal before.
    await expect.poll(() => this.codes.at(-1), { timeout, intervals: [50] }).toBe(code);
    await expect(this.portal.headed(heading), code).toBeVisible();
    await this.nothingIsKept();
    await expect(this.portal.wayToSignIn).toBeVisible();
  }

  /** Neither in the storage nor in the address, and no session of the server. */
  async nothingIsKept() {
    expect(await this.page.evaluate(() => Object.keys(sessionStorage).filter((key) => /transaction|resume|continuation/.test(key)))).toEqual([]);
    const { search, hash } = new URL(this.page.url());
    expect(search + hash).toBe('');
    expect((await this.page.context().cookies()).filter(({ name }) => name === SESSION_COOKIE)).toEqual([]);
  }

  #calls() {
    return this.api.requests.filter((request) => !CALL.branding.test(request.url())).length;
  }
}
