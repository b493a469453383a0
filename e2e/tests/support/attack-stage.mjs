// The stage of the attack tests: the same programs, each behind a proxy that a test can make lie.
//
// The browser and the portal server reach the provider only through the proxy at the issuer's address, so its answers,
// redirects and key sets can be others; the browser reaches the portal server only through the one at the page's.

import { freePort } from './processes.mjs';
import { PUBLISHED, forge, read } from './forger.mjs';
import { byMode } from './modes.mjs';
import { Stage } from './stage.mjs';
import { TamperingProxy } from './tampering-proxy.mjs';

/** Where the provider sends the browser back to: to the page, or to the server. */
export const CALLBACK = byMode({ token: '/callback', session: '/session/callback' });

/** Where the sample provider answers what. */
export const PROVIDER = {
  discovery: '/.well-known/openid-configuration',
  keys: '/jwks',
  authorization: /^\/auth/,
  token: '/token',
  signOut: '/session/end',
};

export class AttackStage extends Stage {
  static async open() {
    const stage = new AttackStage();
    stage.port = await freePort();
    stage.serverPort = await freePort();
    const [issuerPort, providerPort] = [await freePort(), await freePort()];
    stage.origin = `http://localhost:${stage.port}`;
    stage.issuer = `http://127.0.0.1:${issuerPort}`;
    /** Before the provider. */
    stage.idp = await TamperingProxy.listen({ port: issuerPort, target: providerPort });
    /** Before the portal server: the page and its API. */
    stage.api = await TamperingProxy.listen({ port: stage.port, target: stage.serverPort });
    await stage.startProvider(providerPort);
    return stage;
  }

  /** Everybody is honest again. */
  calm() {
    this.idp.reset();
    this.api.reset();
  }

  /** The key set holds the forger's keys too. */
  publishForgersKeys(change = (keys) => keys) {
    this.idp.changeJson(PROVIDER.keys, (set) => ({ keys: change([...set.keys, ...PUBLISHED]) }));
  }

  /** Every ID token from now on is what `make` makes of the honest one. @param {(token: string) => string} make */
  forgeIdTokens(make) {
    return this.idp.changeJson(PROVIDER.token, (answer) => {
      if (answer.id_token) answer.id_token = make(answer.id_token);
      return answer;
    });
  }

  /** Every ID token has other claims and a right signature; `undefined` takes a claim away. */
  forgeClaims(change) {
    this.publishForgersKeys();
    return this.forgeIdTokens((token) => {
      const { claims } = read(token);
      return forge({ claims: { ...claims, ...(typeof change === 'function' ? change(claims) : change) } });
    });
  }

  async close() {
    await super.close();
    this.idp.close();
    this.api.close();
  }
}
