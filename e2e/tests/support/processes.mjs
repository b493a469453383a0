// Starting and ending the programs a test runs against, and nothing else: each is known by its own handle.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** How long a program may take to answer, and to end when asked, in milliseconds. */
const START_LIMIT = 20_000;
const STOP_LIMIT = 5_000;

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A running program; its output is kept for the message of a failure. */
export class Program {
  #child;
  #output = '';

  constructor(name, command, args, options = {}) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const keep = (chunk) => {
      this.#output = (this.#output + chunk).slice(-200_000);
    };
    this.#child.stdout.on('data', keep);
    this.#child.stderr.on('data', keep);
    this.#child.on('error', (error) => keep(`${error}\n`));
  }

  /** What the program wrote. */
  get output() {
    return this.#output;
  }

  get #ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** Waits until `address` answers with success. */
  async answersAt(address) {
    const deadline = Date.now() + START_LIMIT;
    for (;;) {
      if (this.#ended) throw new Error(`${this.name} ended at once:\n${this.#output}`);
      if (await answers(address)) return;
      if (Date.now() > deadline) throw new Error(`${this.name} does not answer at ${address}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Asks it to end; insists after a while. */
  async stop(signal = 'SIGTERM') {
    if (this.#ended) return;
    const exit = once(this.#child, 'exit');
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT);
    this.#child.kill(signal);
    await exit;
    clearTimeout(insist);
  }
}

async function answers(address) {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
