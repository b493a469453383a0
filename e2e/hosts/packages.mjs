// The web servers' packages: unpacked into the cache and not installed.
//
// Installing would start services on port 80, need root and stay behind. Unpacked, a server is a program in a directory. Where
// there is no apt-get, a server that is installed already is used.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that is not here and cannot be got: nothing is wrong with the page. */
export class Missing extends Error {}

/** Where a Linux system keeps programs, within its root. */
const PROGRAMS = ['usr/sbin', 'usr/bin'];
/** How long one call of apt-get or dpkg-deb may take, in milliseconds. */
const LIMIT = 300_000;

/** The first program of that name on PATH. */
export function onPath(program) {
  return process.env.PATH.split(delimiter).map((dir) => join(dir, program)).find((path) => existsSync(path));
}

/**
 * A program, from its packages if they can be had, else installed. The first package has the program, the others are wanted
 * with it and may not exist.
 *
 * @returns its path, the environment it needs, and where a file of its root is, if it is there
 */
export function get(cache, program, packages) {
  // Apart for each release of the system: libraries of one do not fit another.
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release') : '';
  const home = join(cache, createHash('sha256').update(release).digest('hex').slice(0, 16), program);
  let reason = `its package has no ${program}`;
  if (!inRoot(home, program)) {
    try {
      unpack(packages, home);
    } catch (error) {
      reason = error.message.trim().split('\n').at(-1);
    }
  }
  const unpacked = inRoot(home, program);
  // /usr/sbin is not on everybody's PATH.
  const path = unpacked ?? onPath(program) ?? inRoot('/', program);
  if (!path) throw new Missing(`${program} is not installed and could not be unpacked (${reason}).`);
  const within = (name) => join(unpacked ? home : '/', name);
  const isLibraries = (path) => path.endsWith('-linux-gnu');
  const libraries = unpacked && existsSync(within('usr/lib')) ? readdirSync(within('usr/lib')).filter(isLibraries) : [];
  return {
    path,
    env: libraries.length > 0 ? { LD_LIBRARY_PATH: libraries.map((name) => within(`usr/lib/${name}`)).join(delimiter) } : {},
    module: (name) => [within(name)].find((file) => existsSync(file)),
  };
}

function inRoot(root, program) {
  return PROGRAMS.map((dir) => join(root, dir, program)).find((path) => existsSync(path));
}

/** Downloads the packages with what they need beyond this system, and unpacks them into `home`. */
function unpack(packages, home) {
  if (packages.length === 0) return;
  if (!onPath('apt-get') || !onPath('dpkg-deb')) throw new Error('there is no apt-get here');
  // Moved into place when it is whole: half a server that somebody interrupted would be found next time.
  const [staged, lists] = ['unpacking', 'lists'].map((what) => `${home}.${what}-${process.pid}`);
  const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${lists}/cache`];
  try {
    try {
      fetch(packages, staged, []);
    } catch {
      // The machine's lists of packages are missing or old, as a rule. Lists of our own need no root and change nothing here.
      mkdirSync(lists, { recursive: true });
      run('apt-get', ['--quiet', ...own, 'update'], lists);
      try {
        fetch(packages, staged, own);
      } catch {
        fetch(packages.slice(0, 1), staged, own);
      }
    }
    rmSync(home, { recursive: true, force: true });
    renameSync(staged, home);
  } finally {
    for (const left of [staged, lists]) rmSync(left, { recursive: true, force: true });
  }
}

/** Downloads and unpacks into an empty `into`. */
function fetch(packages, into, options) {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const apt = (...args) => run('apt-get', ['--quiet', ...options, ...args], into);
  const plan = apt('install', '--simulate', '--no-install-recommends', ...packages);
  apt('download', ...new Set([...packages, ...toInstall(plan)]));
  for (const file of readdirSync(into)) {
    run('dpkg-deb', ['--extract', file, '.'], into);
    rmSync(join(into, file));
  }
}

/** What it wrote to standard output; the message of a failure ends with the last line that it wrote elsewhere. */
function run(program, args, cwd) {
  const env = { ...process.env, LC_ALL: 'C' };
  return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT });
}

/** The names in lines like `Inst libapr1 (1.7.2-3 Debian:12 [amd64])`. */
export function toInstall(plan) {
  return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
}
