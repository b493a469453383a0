// The pages of the sample provider: small, accessible, light and dark, nothing loaded from elsewhere. The library's own
// ones would fetch fonts from a third party.

import { createHash } from 'node:crypto';
import { wordsFor } from './words.mjs';

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
html { background: light-dark(#fff, #1c1c1e); color: light-dark(#1c1c1e, #f2f2f2); }
a { color: light-dark(#0b57d0, #a8c7fa); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { box-sizing: border-box; width: min(24rem, 100%); padding: 1.5rem; }
label { display: block; margin-block: 1rem .25rem; font-weight: 600; }
input, button { box-sizing: border-box; width: 100%; min-height: 2.75rem; font: inherit; padding: .5rem .75rem; }
button { margin-block-start: 1.5rem; font-weight: 600; }
.cancel { display: block; padding-block: .75rem; text-align: center; }
.refused { border-inline-start: .25rem solid; padding-inline-start: .75rem; }`;

const SUBMIT_SIGN_OUT = "document.getElementById('op.logoutForm').submit();";

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const CONTENT_SECURITY_POLICY =
  `default-src 'none'; img-src data:; style-src ${hash(STYLE)}; script-src ${hash(SUBMIT_SIGN_OUT)}; frame-ancestors 'none'`;

const escape = (text) =>
  String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function page(ctx, { title, body }) {
  const { language } = wordsFor(ctx);
  ctx.type = 'html';
  ctx.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  ctx.set('Referrer-Policy', 'no-referrer');
  ctx.set('Cache-Control', 'no-store');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>
${body}
</main></body>
</html>`;
}

/** The form: pasting and password managers work, and a known user name is filled in already. */
export function signInPage(ctx, { uid, username, refused = false }) {
  const { words } = wordsFor(ctx);
  const known = username !== '';
  const described = refused ? ' aria-describedby="refused" aria-invalid="true"' : '';
  const focus = (wanted) => (wanted ? ' autofocus' : '');
  return page(ctx, {
    title: words.signInTitle,
    body: `<h1>${words.signIn}</h1>
<p>${words.about}</p>
${refused ? `<p id="refused" class="refused" role="alert">${words.refused}</p>` : ''}
<form method="post" action="/sign-in/${escape(uid)}">
<label for="login">${words.username}</label>
<input id="login" name="login" value="${escape(username)}" autocomplete="username" autocapitalize="none"
 spellcheck="false" required${described}${focus(!known)}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}${focus(known)}>
<button type="submit">${words.signIn}</button>
</form>
<a class="cancel" href="/sign-in/${escape(uid)}/cancel">${words.cancel}</a>`,
  });
}

/** Signing out: asks, or submits itself. */
export function signOutPage(ctx, form, asks) {
  const { words } = wordsFor(ctx);
  const button = `<button type="submit" name="logout" value="yes" form="op.logoutForm">${words.signOut}</button>`;
  const logout = '<input type="hidden" name="logout" value="yes" form="op.logoutForm">';
  const confirm = asks ? button : `${logout}<noscript>${button}</noscript><script>${SUBMIT_SIGN_OUT}</script>`;
  ctx.body = page(ctx, {
    title: words.signingOut,
    body: `<h1>${asks ? words.signOutQuestion : words.signingOut}</h1>
${form}
${confirm}`,
  });
}

/** Where sign-out ends when the page named no address to return to. */
export function signedOutPage(ctx) {
  const { words } = wordsFor(ctx);
  return page(ctx, { title: words.signedOut, body: `<h1>${words.signedOut}</h1>` });
}

/** The sign-in that this address belonged to has ended. */
export function expiredPage(ctx) {
  const { words } = wordsFor(ctx);
  return page(ctx, { title: words.expired, body: `<h1>${words.expired}</h1>\n<p>${words.expiredHelp}</p>` });
}

/** An error the library may not send back to the page, for instance an unknown redirect address. */
export function errorPage(ctx, out) {
  const { words } = wordsFor(ctx);
  const details = Object.entries(out).map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`);
  return page(ctx, { title: words.error, body: `<h1>${words.error}</h1>\n<dl>${details.join('')}</dl>` });
}
