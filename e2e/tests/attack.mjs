// What every test of an attack starts with: the stage that can lie, and what must be true of a sign-in that was refused.

import { CALL } from './support/api.mjs';
import { AttackStage } from './support/attack-stage.mjs';
import { expect, test as base } from './fixtures.mjs';

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

  refused: async ({ page, portal, api, codes }, use) => use(new Refusals(page, portal, api, codes)),
});

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
  constructor(page, portal, api, codes) {
    Object.assign(this, { page, portal, api, codes });
  }

  /** From the start page of a tab that knows nothing, through the provider, which asks nothing while its session lives. */
  async signIn() {
    await this.page.evaluate(() => sessionStorage.clear());
    await this.portal.open('/');
    await this.portal.wayToSignIn.click();
  }

  /** Tries to sign in; the page explains, with `code` in its log, and nothing is kept or asked for. */
  async signingIn(code) {
    this.codes.length = 0;
    const before = this.#calls();
    await this.signIn();
    await this.isExplained(code);
    expect(this.#calls(), `${code}: no call with a token that was not believed`).toBe(before);
  }

  async isExplained(code, heading = 'signInProblem') {
    await expect(this.portal.headed(heading), code).toBeVisible();
    expect(this.codes.at(-1)).toBe(code);
    await this.nothingIsKept();
    await expect(this.portal.wayToSignIn).toBeVisible();
  }

  /** Neither in the storage nor in the address. */
  async nothingIsKept() {
    expect(await this.page.evaluate(() => Object.keys(sessionStorage).filter((key) => /transaction|resume|continuation/.test(key)))).toEqual([]);
    const { search, hash } = new URL(this.page.url());
    expect(search + hash).toBe('');
  }

  #calls() {
    return this.api.requests.filter((request) => !CALL.branding.test(request.url())).length;
  }
}
