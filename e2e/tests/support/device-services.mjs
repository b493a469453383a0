// What stands behind the server instead of the simulated fleet: Microsoft Intune by the simulated Graph, and a connector. Both are
// programs of the server's examples; the directory that people and the server sign in with is the sample provider.

import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Program } from './processes.mjs';
import { example, PEOPLE, Stage } from './stage.mjs';

const TENANT = '11111111-2222-4333-8444-555555555555';
const APPLICATION = '66666666-7777-4888-8999-aaaaaaaaaaaa';
/** Who aiko is in the directory. */
const AIKO = '3f1d6c3e-4f0b-4a5e-9f60-0d7a1c2b3e4f';
const ACTIONS = ['resetPasscode', 'remoteLock', 'syncDevice', 'retire'];

/** The simulated Graph's devices of its first person (server/examples/simulated_graph). */
const ofGraph = (place) => `0000000${place}-0000-4000-8000-000000009001`;
export const GRAPH = { android: ofGraph(1), iphone: ofGraph(2), spare: ofGraph(6) };
export const CONNECTOR = { android: 'does-it', iphone: 'iphone', spare: 'iphone' };

const quoted = (value) => JSON.stringify(value);

/** A provider that is a directory of Microsoft Entra ID, and in it the application that the server is at Graph. */
export class TenantStage extends Stage {
  async providerOptions() {
    this.issuer = `${this.issuer}/${TENANT}/v2.0`;
    this.graphPort = await freePort();
    this.graph = `http://127.0.0.1:${this.graphPort}`;
    const [certificate, key] = ['portal.pem', 'portal.key'].map((name) => join(this.directory, name));
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=passcode portal'],
      ...['-keyout', key, '-out', certificate],
    ], { stdio: 'ignore' });
    await chmod(key, 0o600);
    this.credential = { certificate, key };
    const jwk = { ...createPrivateKey(await readFile(key)).export({ format: 'jwk' }), alg: 'PS256', use: 'sig' };
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) delete jwk[secret];
    const application = join(this.directory, 'application.json');
    await writeFile(application, quoted({ clientId: APPLICATION, jwk, scope: `${this.graph}/.default` }));
    const people = join(this.directory, 'people.json');
    await writeFile(people, (await readFile(PEOPLE, 'utf8')).replaceAll('"p-aiko"', quoted(AIKO)));
    return { people, more: ['--tenant', TENANT, '--application', application] };
  }
}

/** A program of the server's examples at a port of this machine. */
const atPort = (name, file, port, options) =>
  new Program(name, example(file), ['--listen', `127.0.0.1:${port}`, ...options]);

/** The section of a device service. */
const section = (name, kind, entries) => `[[device_services]]
name = "${name}"
kind = "${kind}"
[device_services.${kind}]
${Object.entries(entries).map(([key, value]) => `${key} = ${quoted(value)}`).join('\n')}`;

/** The simulated Graph of one test, and what the server is told of it. */
export async function graphServices(stage, options = []) {
  const given = ['--person', AIKO, '--any-token', ...options];
  const program = atPort('simulated Graph', 'simulated_graph', stage.graphPort, given);
  await program.answersAt(`${stage.graph}/simulation`);
  const { certificate, key } = stage.credential;
  return {
    oidc: 'subject_claim = "oid"',
    sections: section('intune', 'graph', {
      tenant_id: TENANT, client_id: APPLICATION, certificate_file: certificate, key_file: key,
      graph_url: stage.graph, login_url: new URL(stage.issuer).origin, corporate_android_reset: true, features: ACTIONS,
    }),
    /** Everything it was asked and did. */
    told: async () => (await fetch(`${stage.graph}/simulation`)).json(),
    change: async (wanted) => {
      await fetch(`${stage.graph}/simulation`, { method: 'PUT', body: quoted(wanted) });
    },
    stop: () => program.stop(),
  };
}

/** A company-owned phone with a work profile, as Intune has it. */
export const companyPhone = (id) => ({
  id, userId: AIKO, userPrincipalName: 'aiko@example.test', deviceName: 'Company Pixel', managedDeviceName: 'Company Pixel',
  operatingSystem: 'Android', osVersion: '15', manufacturer: 'Google', model: 'Pixel 9', serialNumber: 'SN9009',
  managedDeviceOwnerType: 'company', deviceEnrollmentType: 'androidEnterpriseCorporateWorkProfile',
  managementAgent: 'googleCloudDevicePolicyController', managementState: 'managed', complianceState: 'compliant',
  complianceGracePeriodExpirationDateTime: '9999-12-31T23:59:59.9999999Z', lastSyncDateTime: '2026-11-20T07:58:11Z',
  enrolledDateTime: '2026-11-02T08:00:12Z', isEncrypted: true, isSupervised: false, deviceCategoryDisplayName: 'Unknown',
});

/** The sample connector of one test, and what the server is told of it. */
export async function connectorServices() {
  const directory = await mkdtemp(join(tmpdir(), 'portal-e2e-connector-'));
  const [token, port] = [join(directory, 'token'), await freePort()];
  await writeFile(token, Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
  const program = atPort('sample connector', 'connector', port, [
    ...['--token-file', token, '--person', 'p-aiko', '--step-seconds', '1'],
    ...['--state', join(directory, 'commands.json')],
  ]);
  const commands = async () => Object.values(JSON.parse(await readFile(join(directory, 'commands.json'), 'utf8')));
  return {
    oidc: '',
    sections: section('mdm', 'http', { url: `http://127.0.0.1:${port}/v1`, token_file: token }),
    told: async () => ({
      executed: (await commands()).map(({ body }) => ({ device: body.deviceId, action: body.action })),
      mistakes: [],
    }),
    stop: async () => {
      await program.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
