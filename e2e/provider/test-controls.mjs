// What a test may change in the running provider, and only with `--allow-test-controls`: how old a sign-in looks, whether
// the provider ignores `prompt` and `max_age` (some do, and somebody may strip them from the address), whether its
// session outlives a sign-out (single sign-on often does), and whether it is out of order.

const PATH = '/test-controls';
const DEFAULTS = Object.freeze({ signInAgeSeconds: 0, ignoreFreshness: false, keepSession: false, isDown: false });

export class TestControls {
  #state = { ...DEFAULTS };

  /** Koa middleware: `PUT /test-controls` with JSON replaces the state, fields left out take their defaults. */
  middleware() {
    return async (ctx, next) => {
      if (ctx.path === PATH && ctx.method === 'PUT') {
        this.#state = { ...DEFAULTS, ...(await readJson(ctx.req)) };
        ctx.status = 204;
        return undefined;
      }
      if (this.#state.isDown) {
        ctx.status = 503;
        return undefined;
      }
      if (this.#state.ignoreFreshness && ctx.path === '/auth') this.#stripFreshness(ctx);
      return next();
    };
  }

  /** `ts` is when the person signed in, in seconds since the epoch; the library writes it into `auth_time`. */
  loginOverrides() {
    const age = this.#state.signInAgeSeconds;
    return age > 0 ? { ts: Math.floor(Date.now() / 1000) - age } : {};
  }

  /** Whether signing out leaves the session of the provider alive. */
  get keepsSession() {
    return this.#state.keepSession;
  }

  #stripFreshness(ctx) {
    const query = new URLSearchParams(ctx.querystring);
    // Silent sign-in keeps its meaning: only a demand for a fresh one is dropped.
    if (query.get('prompt') === 'login') query.delete('prompt');
    query.delete('max_age');
    ctx.querystring = query.toString();
  }
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}
