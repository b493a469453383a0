// The stage of the tests about a provider that does something otherwise: the provider of the server's own tests (../testkit), whose
// every habit is a switch. Names and meaning of the habits: ../testkit/src/provider/habits.rs.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Program } from './processes.mjs';
import { example, PEOPLE, Stage } from './stage.mjs';

/** The confidential client of that provider, and its algorithm. */
const SERVER_CLIENT = { id: 'portal-server', secret: 'a secret/of the test' };

export class HabitStage extends Stage {
  serverClientId = SERVER_CLIENT.id;
  accessTokenAlgorithms = 'algorithms = ["ES256"]';

  async startProvider(port) {
    this.directory = await mkdtemp(join(tmpdir(), 'portal-e2e-habits-'));
    this.secretFile = join(this.directory, 'client-secret');
    await writeFile(this.secretFile, SERVER_CLIENT.secret, { mode: 0o600 });
    const control = `127.0.0.1:${await freePort()}`;
    this.control = `http://${control}`;
    this.provider = new Program('provider with habits', example('provider_with_habits'), [
      ...['--listen', `127.0.0.1:${port}`],
      ...['--control', control],
      ...['--people', PEOPLE],
    ]);
    await this.provider.answersAt(`${this.control}/asked`);
  }

  /** Those that are named; the others are as usual. */
  async habits(habits) {
    const answer = await fetch(`${this.control}/habits`, { method: 'PUT', body: JSON.stringify(habits) });
    if (!answer.ok) throw new Error(`${JSON.stringify(habits)}: ${await answer.text()}`);
  }

  /** How often it was asked to end a session, since it was started. */
  async signOuts() {
    return (await (await fetch(`${this.control}/asked`)).json()).sign_outs;
  }

  calm() {
    return this.habits({});
  }
}
