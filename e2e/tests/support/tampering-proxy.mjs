// A reverse proxy that changes, loses, cuts or delays what passes through it, as a test says. Interception in the browser
// cannot do this: it never sees the redirect of a callback, and a connection that is cut in the middle is a real one.

import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/** More than any honest request of the page has. */
const LARGEST_REQUEST = 1024 * 1024;

/** One request on its way through, and what a test may do with it. */
class Exchange {
  #incoming;
  #outgoing;
  #target;
  #body;

  constructor(incoming, outgoing, target) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#target = target;
    this.method = incoming.method;
    this.url = new URL(incoming.url, `http://${incoming.headers.host}`);
    this.headers = incoming.headers;
  }

  /** The body of the request. @returns {Promise<string>} */
  async body() {
    this.#body ??= await whole(this.#incoming);
    return this.#body.toString();
  }

  /** Hands everything on as it is, event streams too. */
  pass() {
    const onward = ask(this.#onward());
    onward.on('error', () => this.cut());
    onward.on('response', (answer) => {
      this.#outgoing.writeHead(answer.statusCode, answer.headers);
      // What is written reaches the other side now: an event must not wait for the next one.
      this.#outgoing.flushHeaders();
      answer.pipe(this.#outgoing);
      answer.on('error', () => this.cut());
    });
    this.#outgoing.on('close', () => onward.destroy());
    this.#incoming.pipe(onward);
  }

  /** The honest answer, whole. @returns {Promise<{ status: number, headers: object, body: string }>} */
  async honest() {
    const body = await this.body();
    const onward = ask({ ...this.#onward(), headers: { ...this.headers, 'accept-encoding': 'identity' } });
    onward.end(body);
    const [answer] = await once(onward, 'response');
    return { status: answer.statusCode, headers: answer.headers, body: (await whole(answer)).toString() };
  }

  /** Answers in the server's place; the length of the body is put right. */
  answer({ status = 200, headers = {}, body = '' }) {
    const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = headers;
    this.#outgoing.writeHead(status, { ...kept, 'content-length': Buffer.byteLength(body) });
    this.#outgoing.end(body);
  }

  /** Sends `body` but announces more, then cuts the connection. */
  answerHalf({ status = 200, headers = {}, body }) {
    this.#outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) * 2 });
    this.#outgoing.write(body, () => this.cut());
  }

  /** Sends pieces until the other side has had enough, `pieces` at most; without an announced length. */
  async answerEndlessly({ status = 200, headers = {}, piece, pieces }) {
    this.#outgoing.writeHead(status, headers);
    let sent = 0;
    for (; sent < pieces && !this.#outgoing.destroyed; sent += 1) {
      if (!this.#outgoing.write(piece)) await Promise.race([once(this.#outgoing, 'drain'), once(this.#outgoing, 'close')]);
    }
    this.#outgoing.end();
    return sent;
  }

  /** Ends the connection without an answer. */
  cut() {
    this.#outgoing.destroy();
  }

  #onward() {
    return { ...this.#target, method: this.method, path: this.url.pathname + this.url.search, headers: this.headers };
  }
}

async function whole(stream) {
  const pieces = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (stream.url && size > LARGEST_REQUEST) throw new Error('a request that is too large for this proxy');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export class TamperingProxy {
  #server;
  #rules = [];

  /** @param {{ port: number, target: number, host?: string }} where both on this machine */
  static async listen({ port, target, host = '127.0.0.1' }) {
    const proxy = new TamperingProxy();
    proxy.#server = createServer((incoming, outgoing) => {
      proxy.#handle(new Exchange(incoming, outgoing, { host: '127.0.0.1', port: target })).catch(() => outgoing.destroy());
    });
    proxy.#server.listen(port, host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /**
   * From now on `change` gets what matches; the newest rule counts. `times` bounds how often.
   * @param {string | RegExp} path @param {(exchange: Exchange) => unknown} change
   * @param {{ method?: string, times?: number }} bounds
   * @returns {{ count: number }} how often it was used
   */
  on(path, change, { method, times = Infinity } = {}) {
    const rule = { path, change, method, times, count: 0 };
    this.#rules.unshift(rule);
    return rule;
  }

  /** The whole answer is another one. */
  replace(path, answer, bounds) {
    return this.on(path, (exchange) => exchange.answer(answer), bounds);
  }

  /** The honest answer with another JSON body. */
  changeJson(path, change, bounds) {
    return this.on(path, async (exchange) => {
      const answer = await exchange.honest();
      exchange.answer({ ...answer, body: JSON.stringify(await change(JSON.parse(answer.body))) });
    }, bounds);
  }

  /** The honest redirect with another target. */
  changeRedirect(path, change, bounds) {
    return this.on(path, async (exchange) => {
      const answer = await exchange.honest();
      const { location } = answer.headers;
      if (!location) return exchange.answer(answer);
      return exchange.answer({ ...answer, headers: { ...answer.headers, location: change(new URL(location, exchange.url)).href } });
    }, bounds);
  }

  /** Nobody answers any more: the connection is cut at once. */
  down(path = /^/, bounds) {
    return this.on(path, (exchange) => exchange.cut(), bounds);
  }

  /** Nobody answers, and the connection stays open. */
  silent(path, bounds) {
    return this.on(path, () => {}, bounds);
  }

  /** Honest again. */
  reset() {
    this.#rules = [];
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(exchange) {
    const rule = this.#rules.find((one) => one.count < one.times && fits(one, exchange));
    if (!rule) return exchange.pass();
    rule.count += 1;
    return rule.change(exchange);
  }
}

function fits({ path, method }, exchange) {
  if (method && method !== exchange.method) return false;
  // CORS preflights are nobody's target unless named.
  if (!method && exchange.method === 'OPTIONS') return false;
  const { pathname } = exchange.url;
  return typeof path === 'string' ? path === pathname : path.test(pathname);
}
