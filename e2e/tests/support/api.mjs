// Watching the calls of the page to the API, and answering some of them as a bad day would (spec: api.md, errors).

const API = '/api/v1.0';

/** What is answered to the first request for this, read on its way: a browser keeps the body of an answer only until it
 *  thinks that nobody needs it. Call it before the request. @param {import('@playwright/test').Page} page */
export async function answerTo(page, address) {
  let tell;
  const told = new Promise((resolve) => {
    tell = resolve;
  });
  await page.route(
    address,
    async (route) => {
      const answer = await route.fetch();
      tell(await answer.json());
      await route.fulfill({ response: answer });
    },
    { times: 1 },
  );
  return { json: () => told };
}

/** Matches calls of the API by what they are for. */
export const CALL = {
  me: /\/api\/v1\.0\/me$/,
  branding: /\/api\/v1\.0\/branding$/,
  devices: /\/api\/v1\.0\/me\/managedDevices(\?.*)?$/,
  device: /\/api\/v1\.0\/me\/managedDevices\/[^/?]+$/,
  reset: /\/api\/v1\.0\/me\/managedDevices\/[^/]+\/resetPasscode$/,
  result: /\/api\/v1\.0\/me\/managedDevices\/[^/]+\/deviceActionResults\/[^/]+$/,
  passcode: /\/api\/v1\.0\/me\/managedDevices\/[^/]+\/temporaryPasscode$/,
  events: /\/api\/v1\.0\/me\/events$/,
  notifications: /\/api\/v1\.0\/me\/notifications(\?.*)?$/,
  any: /\/api\/v1\.0\//,
};

/** Records every call of a browser context to the API. */
export class ApiLog {
  /** @type {import('@playwright/test').Request[]} */
  requests = [];

  /** @param {import('@playwright/test').BrowserContext} context */
  constructor(context) {
    context.on('request', (request) => {
      if (new URL(request.url()).pathname.startsWith(API)) this.requests.push(request);
    });
  }

  /** The calls of one kind. @param {RegExp} call @param {string} method */
  of(call, method = 'GET') {
    return this.requests.filter((request) => request.method() === method && call.test(request.url()));
  }

  /** The reset posts, the calls that matter most. */
  get resets() {
    return this.of(CALL.reset, 'POST');
  }

  /** The idempotency keys of the reset posts. */
  async resetKeys() {
    return Promise.all(this.resets.map((request) => request.headerValue('idempotency-key')));
  }
}

/** An RFC 9457 answer as the server gives it. */
export function problem(status, code, { headers = {}, ...members } = {}) {
  return {
    status,
    headers: { 'X-Request-Id': 'e2e-reference', ...headers },
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: `urn:problem:${code}`, title: code, status, code, requestId: 'e2e-reference', ...members }),
  };
}

/** What a hotel's network answers to everything. */
export const CAPTIVE_PORTAL = {
  status: 200,
  contentType: 'text/html',
  body: '<!doctype html><title>Wi-Fi</title><h1>Welcome to the hotel</h1>',
};

/**
 * Answers matching calls with `answer` instead of the server; `times` bounds how often (all, if not given).
 * @param {import('@playwright/test').Page} page
 * @param {{ call: RegExp, method?: string, times?: number, answer: object | 'abort' }} fault
 */
export async function interfere(page, { call, method = 'GET', times = Infinity, answer }) {
  let left = times;
  const handler = async (route) => {
    if (route.request().method() !== method || left <= 0) return route.fallback();
    left -= 1;
    return answer === 'abort' ? route.abort('connectionreset') : route.fulfill(answer);
  };
  await page.route(call, handler);
  return { stop: () => page.unroute(call, handler) };
}

/** Lets the server do the reset and loses its answer on the way back. */
export async function loseAnswerOfReset(page) {
  let isLost = false;
  await page.route(CALL.reset, async (route) => {
    if (isLost || route.request().method() !== 'POST') return route.fallback();
    isLost = true;
    await route.fetch();
    return route.abort('connectionreset');
  });
}

/** Holds matching calls until `release` is called: for what is seen while something is under way. */
export async function hold(page, call, method = 'GET') {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(call, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    await released;
    return route.fallback();
  });
  return { release };
}
