// The command line of the sample provider. Each mistake is named with what to do about it.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const USAGE = `usage: node provider/main.mjs --port PORT --page-origin ORIGIN --people FILE [options]

  --port PORT            port on 127.0.0.1; 0 lets the system choose (the ready line prints it)
  --page-origin ORIGIN   origin of the page, for example http://localhost:8080; may be given more than once
  --people FILE          the sample people (server/sample/people.json)
  --issuer ORIGIN        the address it is reached at, where a proxy stands before it; else http://127.0.0.1:PORT
  --tenant ID            be a directory of Microsoft Entra ID: the issuer is ORIGIN/ID/v2.0, and tokens carry \`oid\`
  --application FILE     with --tenant: a client (JSON) that has tokens at ORIGIN/ID/oauth2/v2.0/token (client_credentials)
  --server-secret FILE   also serve a confidential client (session mode); FILE holds its secret
  --quiet                only the ready line and errors
  --help                 this text
`;

/** A mistake on the command line; its message is for the person who typed it. */
export class UsageError extends Error {}

/**
 * @param {string[]} args
 * @returns {{ help: boolean, port: number, pageOrigins: string[], people: string, issuer?: string,
 *   quiet: boolean, serverSecret?: string, tenant?: string, application?: object }}
 */
export function readOptions(args) {
  const values = parse(args);
  if (values.help) return { help: true };
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`--port ${values.port ?? ''} is not a port number (0 to 65535)`);
  }
  const pageOrigins = values['page-origin'] ?? [];
  if (pageOrigins.length === 0) throw new UsageError('--page-origin is missing; see --help');
  for (const origin of pageOrigins) checkOrigin('--page-origin', origin);
  if (values.issuer !== undefined) checkOrigin('--issuer', values.issuer);
  if (!values.people) throw new UsageError('--people is missing; see --help');
  return {
    help: false,
    port,
    pageOrigins,
    people: values.people,
    issuer: values.issuer,
    serverSecret: values['server-secret'] ? readSecret(values['server-secret']) : undefined,
    tenant: values.tenant,
    application: values.application ? JSON.parse(readSecret(values.application, '--application')) : undefined,
    quiet: values.quiet ?? false,
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'page-origin': { type: 'string', multiple: true },
        people: { type: 'string' },
        issuer: { type: 'string' },
        'server-secret': { type: 'string' },
        tenant: { type: 'string' },
        application: { type: 'string' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error.message}; see --help`);
  }
}

function readSecret(file, option = '--server-secret') {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read: ${error.message}`);
  }
}

function checkOrigin(option, text) {
  let origin;
  try {
    ({ origin } = new URL(text));
  } catch {
    throw new UsageError(`${option} ${text} is not an address`);
  }
  if (origin !== text) throw new UsageError(`${option} ${text} must be an origin only, for example ${origin}`);
}
