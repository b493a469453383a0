// The web servers that can be started here, each with the file that `dist` makes for it and the few lines around it.

import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, Program } from '../tests/support/processes.mjs';
import { get, Missing, onPath } from './packages.mjs';

/** Our server's provider, which nobody asks here. The policy names it where the build for other hosts says `https:`. */
export const PROVIDER = 'http://127.0.0.1:9';

/** Where the page lies on its host in the tests that have it under a path (docs/hosting.md); its directory is called so too. */
export const BASE = '/portal';

/** Caddy keeps its last configuration at home, which is the directory of this run. */
const HOMES = ['HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME'];

const NGINX = {
  name: 'nginx',
  program: 'nginx',
  packages: ['nginx', 'libnginx-mod-http-brotli-static'],
  modules: 'usr/lib/nginx/modules/ngx_http_*_module.so',
  /** The one without which it cannot send `.br` files. */
  wanted: 'brotli_static',
  args: (own, file) => ['-p', own, '-e', 'stderr', '-c', file],
  // One process: as root, workers would run as a user who may not read everything.
  configuration: ({ own, site, port, wanted, isUnder }) => `
${wanted ? `load_module ${wanted};` : ''}
daemon off;
master_process off;
pid ${own}/pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path ${own}/body;
    proxy_temp_path ${own}/proxy;
    fastcgi_temp_path ${own}/fastcgi;
    uwsgi_temp_path ${own}/uwsgi;
    scgi_temp_path ${own}/scgi;
    ${isUnder ? `server {
        listen 127.0.0.1:${port};
        location = ${BASE} { return 308 ${BASE}/; }
        location ${BASE}/ {
            proxy_http_version 1.1;
            proxy_pass http://unix:${own}/page:/;
        }
    }` : ''}
    server {
        listen ${isUnder ? `unix:${own}/page` : `127.0.0.1:${port}`};
        root ${site};
        include ${site}/portal-nginx.conf;
        ${wanted ? 'brotli_static on;' : ''}
    }
}
`,
};

const CADDY = {
  name: 'Caddy',
  program: 'caddy',
  packages: ['caddy'],
  args: (_, file) => ['run', '--adapter', 'caddyfile', '--config', file],
  configuration: ({ own, site, port, isUnder }) => `
{
	admin off
	auto_https off
	storage file_system ${own}/storage
}
http://127.0.0.1:${port} {
	bind 127.0.0.1
	${isUnder ? `redir ${BASE} ${BASE}/ 308\n\thandle_path ${BASE}/* {` : ''}
	root * ${site}
	import ${site}/portal-caddy.conf
	${isUnder ? '}' : ''}
}
`,
};

const APACHE = {
  name: 'Apache',
  program: 'apache2',
  // The package with the service is another one. The modules are those that the file says it needs, and what any Apache has.
  packages: ['apache2-bin'],
  modules: 'usr/lib/apache2/modules/mod_*.so',
  needed: ['mpm_event', 'authz_core', 'dir', 'headers', 'mime', 'rewrite'],
  args: (_, file) => ['-f', file, '-DFOREGROUND'],
  // As root it insists on giving root up; the number is that of `nobody`, whom every system has.
  configuration: ({ own, site, port, needed, isUnder }) => `
${needed.map(([name, path]) => `LoadModule ${name}_module ${path}`).join('\n')}
ServerRoot ${own}
ServerName localhost
Listen 127.0.0.1:${port}
User #65534
Group #65534
PidFile ${own}/pid
DefaultRuntimeDir ${own}
Mutex pthread
ErrorLog "|/bin/cat"
TypesConfig /dev/null
DocumentRoot ${isUnder ? dirname(site) : site}
<Directory ${site}>
    Require all granted
    AllowOverride FileInfo Indexes Options=Indexes,MultiViews
</Directory>
`,
};

/** Our server with `headers.json`: it serves the page itself where there is one origin, here one that people reach over HTTPS. */
const OURS = {
  name: 'portal-server',
  args: (_, file) => ['--config', file],
  env: () => ({ PORTAL__PASSCODE__KEY: randomBytes(32).toString('base64') }),
  configuration: ({ own, site, port }) => `
listen = "127.0.0.1:${port}"
database = ${JSON.stringify(join(own, 'portal.sqlite'))}
page_dir = ${JSON.stringify(site)}
public_base_url = "https://portal.example"
allow_simulated = true
[oidc]
issuer = "${PROVIDER}"
audience = "urn:passcode-portal:api"
required_scope = "devices"
`,
};

export const WEB_SERVERS = [NGINX, CADDY, APACHE];
export const SERVERS = [...WEB_SERVERS, OURS];

/**
 * Starts a server over a directory and waits until it answers; `t.after` ends it.
 *
 * @param {{ binary: string, cache: string, home: string, site: string, isUnder: boolean }} places our server, the unpacked packages, where
 *   the server gets a directory of its own, what is served, whether under a path
 * @returns {Promise<{ port: number, hasBrotli: boolean }>} whether `.br` files can be expected
 * @throws {Missing} when the server or a module that it needs is not here and cannot be had
 */
export async function start(t, server, { binary, cache, home, site, isUnder }) {
  const found = server.packages ? get(cache, server.program, server.packages) : { path: binary, env: {}, module: () => {} };
  const module = (name) => name && found.module(server.modules.replace('*', name));
  const needed = (server.needed ?? []).map((name) => [name, module(name)]);
  const absent = needed.find(([, path]) => !path);
  if (absent) throw new Missing(`${server.name} is here without its module ${absent[0]}.`);
  const wanted = module(server.wanted);
  const own = join(home, isUnder ? `${server.name}-under` : server.name);
  mkdirSync(own);
  const port = await freePort();
  const file = join(own, 'configuration');
  writeFileSync(file, server.configuration({ own, site, port, needed, wanted, isUnder }));
  // All are in this program's process group, which xtask ends as a whole. On Linux the kernel ends them if this program dies alone.
  const tied = onPath('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', '--'] : [];
  const [command, ...args] = [...tied, found.path, ...server.args(own, file)];
  const homes = Object.fromEntries(HOMES.map((name) => [name, own]));
  const env = { ...process.env, ...homes, ...found.env, ...server.env?.() };
  const program = new Program(server.name, command, args, { cwd: own, env });
  t.after(() => program.stop());
  await program.answersAt(`http://127.0.0.1:${port}${isUnder ? BASE : ''}/`);
  return { port, hasBrotli: !server.wanted || Boolean(wanted) };
}
