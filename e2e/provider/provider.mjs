// What `oidc-provider` needs to behave as a real organisation's provider does for this page (see docs of each setting):
// a public client with PKCE, JWT access tokens for our API that carry `auth_time`, sign-in pages of our own, sign-out
// without a question, no consent page for our own client.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { errorPage, signedOutPage, signOutPage } from './pages.mjs';
import { signInRoutes } from './sign-in.mjs';

export const CLIENT_ID = 'passcode-portal';
/** The portal's server itself, in session mode. */
export const SERVER_CLIENT_ID = 'passcode-portal-server';
export const API_RESOURCE = 'urn:passcode-portal:api';
export const API_SCOPE = 'devices';
export const PASSWORD_ACR = 'urn:passcode-portal:acr:password';

/** Lifetimes in seconds. The access token is short because nothing can call it back. */
const TTL = {
  AccessToken: 600,
  AuthorizationCode: 60,
  Grant: 8 * 3600,
  IdToken: 600,
  Interaction: 1800,
  Session: 8 * 3600,
};

/** Builds the provider; `options` are those of the command line. */
export async function createProvider({ issuer, people, options }) {
  const provider = new Provider(issuer, configuration({ people, options }));
  provider.use(signInRoutes({ provider, people }));
  if (!options.quiet) provider.on('server_error', (_ctx, error) => process.stderr.write(`${error.stack}\n`));
  return provider;
}

function configuration({ people, options }) {
  return {
    clients: [
      client(options.pageOrigins),
      ...(options.serverSecret ? [serverClient(options)] : []),
      ...(options.application ? [application(options.application)] : []),
    ],
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    ttl: TTL,
    // ID tokens carry name and preferred_username themselves: the access token is for our API, so userinfo is no use.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username', 'locale'],
      email: ['email', 'email_verified'],
    },
    scopes: ['openid', 'profile', 'email', ...(options.application ? [options.application.scope] : [])],
    acrValues: [PASSWORD_ACR],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientBasedCORS: (_ctx, origin) => options.pageOrigins.includes(origin),
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_ctx, sub) => findAccount(people, sub),
    loadExistingGrant,
    extraTokenClaims: (ctx, token) => accessTokenClaims(ctx, token, people, options),
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage(ctx, out);
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: options.application !== undefined },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => apiResourceServer(resource),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => signOutPage(ctx, form, asksAtSignOut(ctx)),
        postLogoutSuccessSource: (ctx) => {
          ctx.body = signedOutPage(ctx);
        },
      },
    },
  };
}

/** Where a portal may lie on its host: at the top, or under the path that the tests use. */
const BASES = ['', '/portal'];

const addresses = (pageOrigins, paths) =>
  pageOrigins.flatMap((origin) => BASES.flatMap((base) => paths.map((path) => origin + base + path)));

function client(pageOrigins) {
  return {
    client_id: CLIENT_ID,
    client_name: 'Passcode portal',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: addresses(pageOrigins, ['/callback']),
    post_logout_redirect_uris: addresses(pageOrigins, ['/signed-out']),
    require_auth_time: true,
  };
}

/** A confidential client: session mode. It may return to the two addresses of the server and to the page's last screen. */
function serverClient({ pageOrigins, serverSecret }) {
  return {
    client_id: SERVER_CLIENT_ID,
    client_name: 'Passcode portal',
    client_secret: serverSecret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: addresses(pageOrigins, ['/session/callback']),
    post_logout_redirect_uris: addresses(pageOrigins, ['/signed-out', '/session/signed-out']),
    require_auth_time: true,
  };
}

/** A program that asks in its own name and proves itself by a key: as the portal's server does at Microsoft Entra ID. */
function application({ clientId, jwk, scope }) {
  return {
    client_id: clientId,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'PS256',
    jwks: { keys: [jwk] },
  };
}

/** A fresh key each start: a token of an earlier run is worth nothing. */
function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(8).toString('hex'), alg: 'RS256', use: 'sig' };
}

function findAccount(people, sub) {
  const person = people.bySub(sub);
  if (!person) return undefined;
  return {
    accountId: sub,
    claims: () => ({
      sub,
      name: person.name,
      preferred_username: person.username,
      locale: person.locale,
      email: person.username,
      email_verified: true,
    }),
  };
}

/** Our own client needs no consent page: what it may ask for is granted at the first sign-in. */
async function loadExistingGrant(ctx) {
  const { oidc } = ctx;
  const existing = oidc.result?.consent?.grantId ?? oidc.session.grantIdFor(oidc.client.clientId);
  if (existing) {
    const grant = await oidc.provider.Grant.find(existing);
    if (grant?.accountId === oidc.session.accountId) return grant;
  }
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope('openid profile email');
  grant.addResourceScope(API_RESOURCE, API_SCOPE);
  await grant.save();
  return grant;
}

function apiResourceServer(resource) {
  if (resource !== API_RESOURCE) return undefined;
  return {
    scope: API_SCOPE,
    audience: API_RESOURCE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: TTL.AccessToken,
    jwt: { sign: { alg: 'RS256' } },
  };
}

/** RFC 9470 needs `auth_time` in the access token; the library puts it there only if told to. */
function accessTokenClaims(ctx, token, people, { tenant }) {
  if (token.kind !== 'AccessToken') return undefined;
  const code = ctx.oidc.entities.AuthorizationCode;
  const person = people.bySub(token.accountId);
  return {
    ...(tenant ? { oid: token.accountId, tid: tenant } : {}),
    auth_time: code?.authTime,
    acr: code?.acr,
    amr: code?.amr,
    name: person?.name,
    preferred_username: person?.username,
  };
}

/** Signing out asks nothing when the page proves whose session it ends, or at least which client asks. */
function asksAtSignOut(ctx) {
  const { entities, session, client: asking } = ctx.oidc;
  const hinted = entities.IdTokenHint?.payload.sub;
  return hinted === undefined ? asking === undefined : hinted !== session.accountId;
}
