// The sample OIDC provider of the one-command run and of the end-to-end tests.
//
// It is a thin configuration of npm `oidc-provider` (OpenID certified), so that nobody's home-made provider marks its
// own homework. Everything is in memory: keys, sessions and sign-ins end with the process.
//
//   node provider/main.mjs --port 8081 --page-origin http://localhost:8080 --people ../server/sample/people.json

import { createServer } from 'node:http';
import { readOptions, UsageError, USAGE } from './options.mjs';
import { loadPeople } from './people.mjs';

const HOST = '127.0.0.1';

/** Exit codes a caller can tell apart: wrong use, port taken, anything else. */
const EXIT = { usage: 2, portInUse: 3, other: 1 };

/** Prints one line and ends. */
function fail(message, code) {
  process.stderr.write(`sample provider: ${message}\n`);
  process.exit(code);
}

/** Listens first: the issuer contains the port, and with `--port 0` the system chooses it. */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port }, () => resolve(server.address().port));
  });
}

/** Everything below the two addresses of a directory, and the sign-in pages beside them. The library reads from `originalUrl` where it is mounted. */
function mounted(tenant, callback) {
  const places = [`/${tenant}/v2.0`, `/${tenant}/oauth2/v2.0`];
  return (request, response) => {
    const place = places.find((one) => request.url.startsWith(`${one}/`));
    if (place) {
      request.originalUrl = request.url;
      request.url = request.url.slice(place.length);
    }
    callback(request, response);
  };
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (options.quiet) {
    // The library tells about its runtime and its in-memory store; in a sample run that is noise.
    console.info = () => {};
    console.warn = () => {};
  }
  const people = await loadPeople(options.people);
  const server = createServer();
  const port = await listen(server, options.port);
  const origin = options.issuer ?? `http://${HOST}:${port}`;
  const issuer = options.tenant ? `${origin}/${options.tenant}/v2.0` : origin;
  // Imported late: the library checks its runtime, and says so, while it is loaded.
  const { createProvider } = await import('./provider.mjs');
  const provider = await createProvider({ issuer, people, options });
  server.on('request', options.tenant ? mounted(options.tenant, provider.callback()) : provider.callback());
  process.stdout.write(`sample provider ready: ${issuer}\n`);

  const stop = () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error) => {
  if (error instanceof UsageError) fail(error.message, EXIT.usage);
  if (error.code === 'EADDRINUSE') {
    fail(`port ${error.port} is in use; end the program that uses it or choose another with --port`, EXIT.portInUse);
  }
  fail(error.stack ?? String(error), EXIT.other);
});
