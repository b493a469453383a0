// What must never happen in any test, whatever it is about: a page error, an error in the console, a panic, a violation of the
// Content-Security-Policy or of Trusted Types, a request to somebody else.

const VIOLATION =
  /content.security.policy|trusted ?(type|html|script)|violates the following|refused to (load|execute|connect|apply)/i;

/** What the browser itself says about an answer that a test made a failure. */
const FAILED_RESOURCE = /^Failed to load resource|^Access to fetch|net::ERR_/;

/** Runs in every page before its own code: a violation is an event, whether or not the browser writes about it. */
function tellViolations() {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) => {
    console.error(`Content-Security-Policy event: ${effectiveDirective} ${blockedURI} ${sourceFile}:${lineNumber}`);
  });
}

/** Watches a browser context; `check` throws what was seen. */
export class Guard {
  #seen = [];
  #pardoned = [];

  /** @param {import('@playwright/test').BrowserContext} context @param {string[]} origins whom the page may talk to */
  constructor(context, origins) {
    const known = new Set(origins);
    context.on('weberror', (error) => this.#report(`page error: ${error.error()?.stack ?? error.error()}`));
    this.ready = context.addInitScript(tellViolations);
    context.on('console', (message) => {
      if (VIOLATION.test(message.text())) this.#report(`policy violation: ${message.text()}`);
      else if (/panicked at/.test(message.text())) this.#report(`panic: ${message.text()}`);
      else if (message.type() === 'error' && !FAILED_RESOURCE.test(message.text())) this.#report(`console error: ${message.text()}`);
    });
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && !known.has(origin)) this.#report(`request to a third party: ${request.url()}`);
    });
  }

  /** A test that provokes one of these on purpose says which. */
  pardon(pattern) {
    this.#pardoned.push(pattern);
  }

  /** What was seen so far, and forgets it: for the tests of the guard itself. */
  take() {
    return this.#seen.splice(0);
  }

  #report(text) {
    this.#seen.push(text);
  }

  check() {
    const left = this.#seen.filter((text) => !this.#pardoned.some((pattern) => pattern.test(text)));
    if (left.length > 0) throw new Error(left.join('\n'));
  }
}
