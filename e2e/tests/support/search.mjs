// A search for secrets where none may be: every token and every passcode that went over the wire during a test is looked for in
// everything the page left behind. What may hold one is named here, and nothing else may.
//
// Tokens are learnt from the answers of the token endpoint and, because a browser forgets an answer when its page is left, from
// the two places where they are allowed.

/** Where a token or a passcode comes from. */
const TOKENS = /\/token$/;
const PASSCODE = /\/temporaryPasscode$/;

/** The only ways a secret may go: the bearer header of our own API, and the hint at sign-out, to the provider (RP-Initiated Logout). */
function allowed(request, { api, issuer }) {
  const address = new URL(request.url());
  const headers = { ...request.headers() };
  if (address.href.startsWith(api)) delete headers.authorization;
  if (address.origin === issuer) address.searchParams.delete('id_token_hint');
  // The form of the provider's own sign-out page repeats nothing; its address was the one with the hint, and no referrer is sent.
  return { address: address.href, headers: JSON.stringify(headers), body: request.postData() ?? '' };
}

/** What a page has written somewhere; text without gaps too, because a passcode is shown in groups. */
async function leftBehind(page) {
  return page.evaluate(async () => {
    const whole = document.documentElement.cloneNode(true);
    // The list of languages with its digests: random enough to hold a few digits of anything.
    for (const element of whole.querySelectorAll('script, link')) element.remove();
    const text = whole.textContent;
    const attributes = [...whole.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ value }) => value));
    const values = [...document.querySelectorAll('input, textarea, output')].map((element) => element.value);
    const databases = (await indexedDB.databases?.()) ?? [];
    const caches = (await globalThis.caches?.keys?.()) ?? [];
    return {
      storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
      databases: JSON.stringify([databases, caches]),
      cookie: document.cookie,
      address: location.href,
      history: JSON.stringify(history.state),
      name: window.name,
      title: document.title,
      document: [text, text.replaceAll(/\s/g, ''), ...attributes, ...values].join('\n'),
    };
  });
}

/** Watches a browser context and remembers. */
export class Search {
  #tokens = new Set();
  #passcodes = new Set();
  #sent = [];
  #said = [];
  #reading = [];
  #context;
  #origins;

  /**
   * @param {import('@playwright/test').BrowserContext} context @param {{ origin: string, issuer: string }} where
   * @param {string} basePath where the portal lies on its host
   */
  constructor(context, { origin, issuer }, basePath = '') {
    this.#context = context;
    this.#origins = { api: `${origin}${basePath}/api/`, issuer: new URL(issuer).origin, origin };
    context.on('request', (request) => {
      this.#learn(request);
      this.#sent.push(allowed(request, this.#origins));
    });
    context.on('console', (message) => this.#said.push(message.text()));
    context.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (TOKENS.test(pathname)) this.#read(response, ({ access_token: access, id_token: id }) => [access, id], this.#tokens);
      if (PASSCODE.test(pathname)) this.#read(response, ({ passcode }) => [passcode], this.#passcodes);
    });
  }

  /** Another secret to look for: for the tests of the search itself. */
  lookFor(secret) {
    this.#tokens.add(secret);
  }

  /** The passcode on the screen, where its answer may be gone before it was read. */
  lookForPasscode(passcode) {
    this.#passcodes.add(passcode);
  }

  /** How many secrets are known: a search for none would find none. */
  get known() {
    return { tokens: this.#tokens.size, passcodes: this.#passcodes.size };
  }

  /** Where something was found, without the secret itself. */
  async findings({ isSignedOut = false } = {}) {
    await Promise.all(this.#reading);
    const found = [];
    const look = (where, text, secrets) => {
      for (const secret of secrets) if (text.includes(secret)) found.push(where);
    };
    const everything = [...this.#tokens, ...this.#passcodes];
    for (const { address, headers, body } of this.#sent) {
      const { pathname } = new URL(address);
      look(`address of a request to ${pathname}`, address, everything);
      look(`header of a request to ${pathname}`, headers, everything);
      look(`body of a request to ${pathname}`, body, everything);
    }
    for (const line of this.#said) look('console', line, everything);
    for (const cookie of await this.#context.cookies()) look('cookie', cookie.value, everything);
    for (const page of this.#context.pages()) await this.#lookAt(page, look, { isSignedOut });
    return [...new Set(found)];
  }

  async #lookAt(page, look, { isSignedOut }) {
    if (!page.url().startsWith(this.#origins.origin)) return;
    const left = await leftBehind(page).catch(() => undefined);
    if (!left) return;
    const everything = [...this.#tokens, ...this.#passcodes];
    for (const [where, text] of Object.entries(left)) {
      // A passcode on the screen is what the screen is for, until the person signs out.
      const secrets = where === 'document' && !isSignedOut ? this.#tokens : everything;
      look(where, text, secrets);
    }
    if (left.databases !== '[[],[]]') look('databases', 'some', ['some']);
  }

  #learn(request) {
    const address = new URL(request.url());
    const [, bearer] = /^Bearer (.+)$/.exec(request.headers().authorization ?? '') ?? [];
    const hint = address.searchParams.get('id_token_hint');
    if (bearer && address.href.startsWith(this.#origins.api)) this.#tokens.add(bearer);
    if (hint && address.origin === this.#origins.issuer) this.#tokens.add(hint);
  }

  #read(response, secretsOf, into) {
    const reading = response.json().then(
      (answer) => {
        for (const secret of secretsOf(answer)) if (secret) into.add(secret);
      },
      // An answer that was tampered with, cut, or belonged to a page that is gone holds nothing to look for.
      () => {},
    );
    this.#reading.push(reading);
  }
}
