// The sample people, from the same file the server's simulated fleet reads: a person here owns devices there.

import { timingSafeEqual, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from './options.mjs';

/** @typedef {{ sub: string, username: string, name: string, locale?: string }} Person */

/** Looks people up by subject and by user name and password. */
export class People {
  #bySub;
  #byUsername;
  #password;

  /** @param {{ password: string, people: Person[] }} sample */
  constructor(sample) {
    this.#password = sample.password;
    this.#bySub = new Map(sample.people.map((person) => [person.sub, person]));
    this.#byUsername = new Map(sample.people.map((person) => [person.username.toLowerCase(), person]));
  }

  /** @returns {Person | undefined} */
  bySub(sub) {
    return this.#bySub.get(sub);
  }

  /** The person with this user name, if the password is right. @returns {Person | undefined} */
  signIn(username, password) {
    const person = this.#byUsername.get(String(username).trim().toLowerCase());
    return sameText(String(password), this.#password) ? person : undefined;
  }
}

/** Reads the sample file; a missing or broken file is a mistake of use, named with its path. */
export async function loadPeople(path) {
  let sample;
  try {
    sample = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read the sample people from ${path}: ${error.message}`);
  }
  if (typeof sample.password !== 'string' || !Array.isArray(sample.people)) {
    throw new UsageError(`${path} needs "password" and "people"`);
  }
  return new People(sample);
}

function sameText(left, right) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
