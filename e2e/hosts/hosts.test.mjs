// The finished page through real nginx, Caddy, Apache and our own server, against one table (table.mjs).
//
// The web servers are the system's packages, unpacked rather than installed: nothing starts on port 80, nothing of the machine
// changes. Each runs as an ordinary process on a port of its own, over a copy of `dist/` with a `config.json` in it, with no
// configuration but the generated file and the few lines that it is included from. The files for hosts that cannot be run here
// (Netlify, Cloudflare, Azure) are made from the same source and tried by nobody.
//
// Environment: PORTAL_E2E_DIST, PORTAL_E2E_SERVER_BIN (as end to end), PORTAL_HOSTS_CACHE (where packages are unpacked),
// PORTAL_HOSTS_SCREENS (an address of each screen, with spaces between).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pageDirectory, serverBinary } from '../tests/support/stage.mjs';
import { get, Missing, toInstall } from './packages.mjs';
import { BASE, PROVIDER, SERVERS, start, WEB_SERVERS } from './servers.mjs';
import { ENCODINGS, ENDINGS, EVERYWHERE, HIDDEN, IMMUTABLE, MEDIA, MISSING, NO_STORE, OUTSIDE, SCREENS } from './table.mjs';

/** How long one request may take, in milliseconds. */
const LIMIT = 10_000;
/** What no address may ever reach: a file beside the served directory. */
const SECRET = 'not for visitors';

const environment = (name) => process.env[name] ?? assert.fail(`${name} is not set: see \`cargo xtask test --only hosts\``);

/**
 * The page as the hosts get it: a copy that every user of the machine may read, unlike a repository in somebody's home; Apache
 * gives up root before it reads a file. The servers' own directories lie beside it.
 */
process.umask(0o022);
const home = mkdtempSync(join(tmpdir(), 'portal-hosts-'));
chmodSync(home, 0o755);
process.on('exit', () => rmSync(home, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const site = join(home, 'page');
cpSync(pageDirectory(), site, { recursive: true });
cpSync(join(site, 'config.example.json'), join(site, 'config.json'));
// As a release has it: whoever serves the page may read it, visitors may not.
mkdirSync(join(site, 'sbom'), { recursive: true });
writeFileSync(join(site, 'sbom/page.cdx.json'), '{}');
writeFileSync(join(home, 'secret.txt'), SECRET);

/** The same under a path, made so by the very lines that the documentation has for it. */
const under = join(home, 'hosted', BASE);
cpSync(site, under, { recursive: true });
const hosting = readFileSync(new URL('../../docs/hosting.md', import.meta.url), 'utf8');
const LINES = /```sh\n((?: *sed -i .*data-base.*\n)(?:.*\n)*?) *```/.exec(hosting)?.[1] ?? assert.fail('docs/hosting.md: no lines for a page under a path');
execFileSync('sh', ['-ec', LINES], { cwd: under });

const contents = (name, from = site) => readFileSync(join(from, name));
const isThere = (name, from = site) => existsSync(join(from, name));

/** How the policy has to name the style sheet that stands in the document: by its digest. */
const style = /<style>(.*?)<\/style>/s.exec(contents('index.html'))?.[1] ?? assert.fail('index.html has no style sheet in it');
const STYLE = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** Of the files with hashed names one of each media type: a host has one rule for them. */
function assets() {
  const ending = (name) => name.match(/-[0-9a-f]{16}\.([^.]+)$/)?.[1];
  const hashed = readdirSync(join(site, 'assets')).filter(ending).toSorted();
  return [...new Map(hashed.toReversed().map((name) => [ending(name), `assets/${name}`])).values()];
}

/** The whole table: what is asked for, and of the answer either `file` (with `cache` and `encoding`) or `status`. `from`: what is served. */
function table(from = site) {
  const screens = [...environment('PORTAL_HOSTS_SCREENS').split(' '), ...SCREENS];
  const documents = { '/': 'index.html', '/404.html': '404.html', '/config.json': 'config.json' };
  const files = [
    ...Object.entries(documents).map(([path, file]) => ({ path, file, cache: NO_STORE })),
    ...assets().map((file) => ({ path: `/${file}`, file, cache: IMMUTABLE })),
  ];
  // config.json is the organisation's own and has no compressed form, nor have documents that were changed for a path.
  const encoding = (file, chosen) => (chosen && isThere(file + ENDINGS[chosen], from) ? chosen : undefined);
  const inEach = (row) => ENCODINGS.map(({ accepts, chosen }) => ({ ...row, accepts, chosen, encoding: encoding(row.file, chosen) }));
  return [
    ...screens.map((path) => ({ path, file: 'index.html', cache: NO_STORE })),
    ...files.flatMap(inEach),
    ...[...MISSING, ...HIDDEN].map((path) => ({ path, cache: NO_STORE, status: 404 })),
    ...OUTSIDE.map((path) => ({ path, isOutside: true })),
  ];
}

/**
 * Asks a server on this machine for a path with its query, sent as it stands: exactly what is on the wire comes back, nothing
 * decoded, followed or normalised. Values of several lines are joined as a browser joins them (RFC 9110 section 5.3).
 */
async function ask(port, path, accepts) {
  const headers = accepts === undefined ? {} : { 'accept-encoding': accepts };
  const asked = request({ host: '127.0.0.1', port, path, headers, agent: false, signal: AbortSignal.timeout(LIMIT) });
  const [answer] = await once(asked.end(), 'response');
  const body = Buffer.concat(await answer.toArray());
  const found = new Map();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    const [name, value] = [answer.rawHeaders[at].toLowerCase(), answer.rawHeaders[at + 1]];
    found.set(name, found.has(name) ? `${found.get(name)}, ${value}` : value);
  }
  return { status: answer.statusCode, headers: found, body };
}

/** What is wrong with the answer to a row of the table. */
function mistakes(row, { status, headers, body }, from = site) {
  if (row.isOutside) return status < 400 || body.includes(SECRET) ? [`status ${status}: a way out of the directory`] : [];
  const wrong = [];
  const expected = { ...EVERYWHERE, 'cache-control': row.cache };
  if (row.file) {
    expected['content-encoding'] = row.encoding;
    expected['content-type'] = MEDIA[row.file.split('.').at(-1)] ?? 'a media type that table.mjs does not know: add it';
    if (isThere(`${row.file}.gz`, from)) expected.vary = 'Accept-Encoding';
    const file = contents(row.file + (ENDINGS[row.encoding] ?? ''), from);
    if (!body.equals(file)) wrong.push(`${body.length} bytes that are not the ${file.length} of ${row.file}`);
  }
  const policy = headers.get('content-security-policy')?.replaceAll(PROVIDER, 'https:').replaceAll(STYLE, "'the style sheet'");
  for (const [name, value] of Object.entries(expected)) {
    const found = name === 'content-security-policy' ? policy : headers.get(name);
    if (found !== value) wrong.push(`${name} is ${quoted(found)}, not ${quoted(value)}`);
  }
  if (status !== (row.status ?? 200)) wrong.push(`status ${status}, not ${row.status ?? 200}`);
  if (HIDDEN.includes(row.path) && !isThere(row.path)) wrong.push('it is not in dist/: hiding it proves nothing');
  return wrong;
}

const quoted = (value) => (value === undefined ? 'absent' : `\`${value}\``);

test('the suite itself', async (t) => {
  await t.test('a path is asked for as it stands and the answer is left as it came', async () => {
    const server = createServer((socket) => {
      const head = ['HTTP/1.1 302 Found', 'Location: /x', 'X: 1', 'x: 2', 'Content-Encoding: gzip', '', ''].join('\r\n');
      socket.once('data', (asked) => socket.end(head + asked));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { status, headers, body } = await ask(server.address().port, '/a/../..%2fb?c=%2e').finally(() => server.close());
    assert.deepEqual([status, headers.get('x'), headers.get('y')], [302, '1, 2', undefined]);
    const asked = body.toString().toLowerCase();
    assert.ok(asked.startsWith('get /a/../..%2fb?c=%2e http/1.1\r\n') && !asked.includes('accept-encoding'), asked);
  });
  await t.test('the packages of a simulated installation are its Inst lines', () => {
    const plan = 'Reading lists...\nInst libapr1 (1.7.2-3 [amd64])\nInst libnss3 [2:3.87] (2:3.88 [amd64])\nConf libapr1 (1.7.2-3)\n';
    assert.deepEqual(toInstall(plan), ['libapr1', 'libnss3']);
  });
  await t.test('a program that is nowhere is missing, by name', () => {
    assert.throws(() => get(join(tmpdir(), 'no-such-directory'), 'no-such-program-here', []), Missing);
  });
});

let served = 0;
// Our server under a path is in server/tests/suite/under_path.rs.
const atTheTop = SERVERS.map((server) => ({ server, name: server.name, base: '', from: site }));
const underAPath = WEB_SERVERS.map((server) => ({ server, name: `${server.name} under a path`, base: BASE, from: under }));
for (const { server, name, base, from } of [...atTheTop, ...underAPath]) {
  await test(name, async (t) => {
    const places = { binary: serverBinary(), cache: environment('PORTAL_HOSTS_CACHE'), home, site: from, isUnder: base !== '' };
    const running = await start(t, server, places).catch((error) => {
      if (!(error instanceof Missing)) throw error;
      t.skip(error.message);
    });
    if (!running) return;
    served += WEB_SERVERS.includes(server);
    if (!running.hasBrotli) await t.test(`${name}, .br files`, { skip: `its module ${server.wanted} is not here` });
    const isAsked = ({ chosen, isOutside }) => (chosen !== 'br' || running.hasBrotli) && !(base && isOutside);
    for (const row of table(from).filter(isAsked)) {
      await t.test(`${name}: ${row.path} (Accept-Encoding: ${row.accepts ?? 'nothing'})`, async () => {
        const wrong = mistakes(row, await ask(running.port, base + row.path, row.accepts), from);
        assert.ok(wrong.length === 0, wrong.join('; '));
      });
    }
  });
}
if (served === 0) test('web servers', () => assert.fail('none of nginx, Caddy and Apache could be had'));
