// The sign-in page of the sample provider: shows the form, checks the password, lets the person cancel.

import { PASSWORD_ACR } from './provider.mjs';
import { expiredPage, signInPage } from './pages.mjs';

const ROUTE = /^\/sign-in\/([\w-]+)(\/cancel)?$/;

/** A form of a user name and a password; anything larger is not ours. */
const FORM_LIMIT_BYTES = 8192;

/** Koa middleware for `/sign-in/{uid}` and `/sign-in/{uid}/cancel`. */
export function signInRoutes({ provider, people }) {
  return async (ctx, next) => {
    const match = ROUTE.exec(ctx.path);
    if (!match) return next();
    ctx.set('Cache-Control', 'no-store');
    const interaction = await currentInteraction(provider, ctx);
    if (!interaction || interaction.uid !== match[1]) {
      ctx.status = 400;
      ctx.body = expiredPage(ctx);
      return undefined;
    }
    if (match[2]) return cancel(provider, ctx);
    if (ctx.method === 'GET') return show(ctx, interaction);
    if (ctx.method === 'POST') return submit({ provider, people, ctx, interaction });
    ctx.status = 405;
    return undefined;
  };
}

/** `undefined` when the cookie is gone: the person was away too long or came back with Back. */
async function currentInteraction(provider, ctx) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch {
    return undefined;
  }
}

function show(ctx, interaction) {
  ctx.body = signInPage(ctx, { uid: interaction.uid, username: interaction.params.login_hint ?? '' });
}

async function submit({ provider, people, ctx, interaction }) {
  const form = await readForm(ctx.req);
  const username = form.get('login') ?? '';
  const person = people.signIn(username, form.get('password') ?? '');
  if (!person) {
    ctx.status = 401;
    ctx.body = signInPage(ctx, { uid: interaction.uid, username, refused: true });
    return;
  }
  const login = { accountId: person.sub, acr: PASSWORD_ACR, amr: ['pwd'] };
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false });
}

async function cancel(provider, ctx) {
  const result = { error: 'access_denied', error_description: 'The person cancelled the sign-in' };
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
}

async function readForm(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > FORM_LIMIT_BYTES) break;
  }
  return new URLSearchParams(text);
}
