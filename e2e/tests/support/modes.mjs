// The two ways to sign in, and which tests are about one of them only. Everything else runs in both: the page is the same.

/** `token` (the page is the provider's client), or `session` (the server is, and the browser holds a cookie). */
export const MODE = process.env.PORTAL_E2E_MODE ?? 'token';
if (!['token', 'session'].includes(MODE)) throw new Error(`PORTAL_E2E_MODE is token or session, not ${MODE}`);

/** Left out in session mode, each with its reason and what stands for it there. By file and title; session.spec.mjs checks the names. */
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
  'shell.spec.mjs': {
    'without crypto.subtle nobody is signed in and it is explained':
      'the page checks no signature: the server does',
  },
  'after.spec.mjs': {
    'signing out everywhere ends the other tab and makes the old token worthless':
      'tries the old token again; session.spec.mjs tries another browser',
  },
};

/** Files of tests that are about the page as the provider's client: it is lied to by the provider itself, which in session
 *  mode only the server talks to (server/tests/suite/session_*.rs forge its answers). */
const FILES_OF_TOKENS_ONLY = [
  'attack-api.spec.mjs',
  'attack-callback.spec.mjs',
  'attack-clocks.spec.mjs',
  'attack-names.spec.mjs',
  'attack-provider.spec.mjs',
  'attack-tabs.spec.mjs',
  'attack-tokens.spec.mjs',
  'attack-traces.spec.mjs',
];

/** Why a test is left out in this mode; `undefined` when it runs. */
export function reasonToLeaveOut(file, title) {
  if (MODE !== 'session') return undefined;
  if (FILES_OF_TOKENS_ONLY.includes(file)) return 'the lying provider stands before the browser, not before the server';
  return TOKENS_ONLY[file]?.[title];
}
