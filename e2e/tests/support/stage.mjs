// One stage: a provider and a portal server that know each other, on ports of their own, with data of their own.
//
// The provider lives as long as the Playwright worker, the server as long as one test: every test starts from the same
// seeded fleet and an empty database, so no test can disturb another.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODE } from './modes.mjs';
import { freePort, Program } from './processes.mjs';

const E2E = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const REPOSITORY = resolve(E2E, '..');
export const PEOPLE = join(REPOSITORY, 'server/sample/people.json');

const CLIENT_ID = 'passcode-portal';
const API_AUDIENCE = 'urn:passcode-portal:api';
/** The ones the page accepts by itself in token mode. */
const ID_TOKEN_ALGORITHMS = 'algorithms = ["RS256", "PS256", "ES256"]';

/** The IT contact every page must show; also in config.json, for when the API cannot be reached. */
export const IT_CONTACT = {
  name: 'Example IT Service Desk',
  phone: '+81 3-0000-0000',
  email: 'it@example.test',
  site: 'http://localhost/support',
  siteName: 'IT support site',
};

/** The provider of one worker and the address the page will have. */
export class Stage {
  serverClientId = 'passcode-portal-server';
  /** Of access tokens; those the server takes unless told. */
  accessTokenAlgorithms = '';

  static async open() {
    const stage = new this();
    stage.port = await freePort();
    stage.serverPort = stage.port;
    const providerPort = await freePort();
    stage.origin = `http://localhost:${stage.port}`;
    stage.issuer = `http://127.0.0.1:${providerPort}`;
    await stage.startProvider(providerPort);
    return stage;
  }

  /** What the provider is told beside the rest; the people are in this file. */
  async providerOptions() {
    return { people: PEOPLE, more: [] };
  }

  /** The sample provider on a port; it says of itself that it is `this.issuer`, whatever stands before it. */
  async startProvider(port) {
    this.directory = await mkdtemp(join(tmpdir(), 'portal-e2e-provider-'));
    this.secretFile = join(this.directory, 'client-secret');
    await writeFile(this.secretFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
    const { people, more } = await this.providerOptions();
    this.provider = new Program('sample provider', process.execPath, [
      join(E2E, 'provider/main.mjs'),
      '--quiet',
      ...['--port', String(port)],
      ...['--issuer', new URL(this.issuer).origin],
      ...['--page-origin', this.origin],
      ...['--people', people],
      ...more,
      ...['--server-secret', this.secretFile],
    ]);
    await this.provider.answersAt(`http://127.0.0.1:${port}${new URL(this.issuer).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`);
  }

  /** As usual again: before each test. */
  calm() {}

  /** Signs in at the provider by the browser's cookies but without a page: it knows the person from then on. The code, for a challenge. */
  async signInElsewhere({ request }, login, password, challenge) {
    const begun = new URL(`${this.issuer}/auth`);
    begun.search = new URLSearchParams({
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: `${this.origin}/callback`,
      scope: challenge ? 'openid devices' : 'openid',
      ...(challenge ? { resource: API_AUDIENCE } : {}),
      code_challenge: challenge ?? randomBytes(32).toString('base64url'),
      code_challenge_method: 'S256',
    });
    const next = (answer) => new URL(answer.headers().location, this.issuer).href;
    const form = next(await request.get(begun.href, { maxRedirects: 0 }));
    const signedIn = next(await request.post(form, { maxRedirects: 0, form: { login, password } }));
    const back = new URL(next(await request.get(signedIn, { maxRedirects: 0 })));
    if (!back.searchParams.has('code')) throw new Error(`${login} was not signed in: ${back}`);
    return back.searchParams.get('code');
  }

  async close() {
    await this.provider.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The portal server of one test. */
export class PortalServer {
  #before = '';

  /** @param {Stage} stage @param {{ fleetSpeed: number, limits?: string, actions?: string, basePath?: string }} settings */
  static async start(stage, settings) {
    const server = new PortalServer();
    server.directory = await mkdtemp(join(tmpdir(), 'portal-e2e-'));
    const file = join(server.directory, 'server.toml');
    // The passcode key is in it: the server takes none from a file that others may read.
    await writeFile(file, serverConfiguration(stage, server.directory, settings), { mode: 0o600 });
    server.address = `http://127.0.0.1:${stage.serverPort}`;
    server.run = () => new Program('portal server', serverBinary(), ['--config', file], { cwd: server.directory });
    server.program = server.run();
    await server.program.answersAt(`${server.address}/readyz`);
    return server;
  }

  /** What it wrote, before a restart too. */
  get output() {
    return this.#before + this.program.output;
  }

  /** Another process with the same database: who is signed in stays so, what was learnt of the provider is forgotten. */
  async restart() {
    await this.program.stop('SIGKILL');
    this.#before = this.output;
    this.program = this.run();
    // Not whether it is ready: that is asked of the provider.
    await this.program.answersAt(`${this.address}/healthz`);
  }

  async stop() {
    await this.program.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Where the page under test was built to. */
export function pageDirectory() {
  return resolve(REPOSITORY, process.env.PORTAL_E2E_DIST ?? 'dist');
}

/** A program of the server's examples, built beside it. */
export function example(name) {
  const found = join(dirname(serverBinary()), 'examples', name);
  if (!existsSync(found)) throw new Error(`no ${found}: cargo build -p portal-server --example ${name}`);
  return found;
}

/** Where the server under test was built to. */
export function serverBinary() {
  const named = process.env.PORTAL_E2E_SERVER_BIN;
  const candidates = named ? [named] : ['target/release/portal-server', 'target/debug/portal-server'];
  const found = candidates.map((path) => resolve(REPOSITORY, path)).find((path) => existsSync(path));
  if (!found) throw new Error(`no portal-server at ${candidates.join(' or ')}: build it, or set PORTAL_E2E_SERVER_BIN`);
  return found;
}

function tokenMode(stage, text) {
  return `[page.config]
apiBase = "/api/v1.0"
authority = ${text(stage.issuer)}
clientId = ${text(CLIENT_ID)}
scopes = "openid profile email devices"
resource = ${text(API_AUDIENCE)}`;
}

function sessionMode(stage, text) {
  return `[session]
client_id = ${text(stage.serverClientId)}
client_secret_file = ${text(stage.secretFile)}

[page.config]
apiBase = "/api/v1.0"`;
}

function serverConfiguration(stage, directory, { fleetSpeed, limits = '', actions = '', basePath = '', services }) {
  const text = (value) => JSON.stringify(value);
  return `
listen = "127.0.0.1:${stage.serverPort}"
database = ${text(join(directory, 'portal.sqlite'))}
page_dir = ${text(pageDirectory())}
public_base_url = ${text(stage.origin + basePath)}

[oidc]
issuer = ${text(stage.issuer)}
audience = ${text(API_AUDIENCE)}
${MODE === 'session' ? ID_TOKEN_ALGORITHMS : stage.accessTokenAlgorithms}
${services?.oidc ?? ''}

[passcode]
key = ${text(randomBytes(32).toString('base64'))}

${services?.sections ?? `[fleet]\nseed = 1\nspeed = ${fleetSpeed.toFixed(1)}`}

[limits]
${limits}

[actions]
${actions}

[branding]
displayName = "Example Corporation"
contactITName = ${text(IT_CONTACT.name)}
contactITPhoneNumber = ${text(IT_CONTACT.phone)}
contactITEmailAddress = ${text(IT_CONTACT.email)}
onlineSupportSiteName = ${text(IT_CONTACT.siteName)}
onlineSupportSiteUrl = ${text(IT_CONTACT.site)}

${MODE === 'session' ? sessionMode(stage, text) : tokenMode(stage, text)}

[page.config.support]
name = ${text(IT_CONTACT.name)}
phone = ${text(IT_CONTACT.phone)}
email = ${text(IT_CONTACT.email)}
url = ${text(IT_CONTACT.site)}
`;
}
