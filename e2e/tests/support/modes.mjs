// The two ways to sign in. Session mode is tried where it differs: signing in, the fresh sign-in, signing out, cookies,
// attacks, one whole way of the ten steps. The rest is the same page and the same server, shown in token mode.

/** `token` (the page is the provider's client), or `session` (the server is, and the browser holds a cookie). */
export const MODE = process.env.PORTAL_E2E_MODE ?? 'token';
if (!['token', 'session'].includes(MODE)) throw new Error(`PORTAL_E2E_MODE is token or session, not ${MODE}`);

/** One of two, by the mode. */
export const byMode = ({ token, session }) => (MODE === 'session' ? session : token);

/** The tests of session mode: these files, and single tests elsewhere that carry the tag (`SESSION` in fixtures.mjs). */
export const IN_SESSION_MODE = new RegExp(`\\b(${[
  'session', 'signin', 'privacy', 'bfcache', 'attack-callback', 'attack-provider', 'attack-tabs', 'attack-tokens',
].join('|')})\\.spec\\.mjs|@session`);

/** Of those files, left out all the same, each with its reason and what stands for it there. By file and title; session.spec.mjs checks the names. */
export const TOKENS_ONLY = {
  'signin.spec.mjs': {
    'the server refuses a reset with an old sign-in, whatever a page does':
      'borrows the access token of the page; session.spec.mjs does it with the cookie',
    'a challenge in the other dialect: its claims go to the provider with the next sign-in, once':
      'the server that challenges is the client itself: nothing has to be carried to the provider by the page',
    'a provider that is down is explained, with a way to try again':
      'takes the provider away from the browser; session.spec.mjs takes it away from the server',
  },
  'privacy.spec.mjs': {
    'tokens are nowhere but in memory': 'waits for the tokens of the page; session.spec.mjs looks for any token at all',
  },
  'attack-callback.spec.mjs': {
    'the callback of a sign-in that another tab began is refused in this one':
      'a sign-in belongs to the browser, whose cookie it needs; the test after it takes the callback to another browser',
  },
  'attack-tokens.spec.mjs': {
    'the demand for freshness is stripped on the way and the token lies: the server still refuses':
      'has a page that is deceived by one token and a server that is not by another: here there is one token, and the server reads it; session.spec.mjs resets with an old sign-in',
  },
};

/** Why a test is left out in this mode; `undefined` when it runs. */
export function reasonToLeaveOut(file, title) {
  if (MODE !== 'session') return undefined;
  return TOKENS_ONLY[file]?.[title];
}
