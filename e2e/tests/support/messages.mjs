// The product's own message files (locales/*.toml), so that no test repeats the words of the interface. Reads the part of
// TOML those files use: sections, basic strings, flags, inline tables of plural forms. Anything else is an error, not a guess.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOCALES = resolve(dirname(fileURLToPath(import.meta.url)), '../../../locales');

const SECTION = /^\[([\w.-]+)\]$/;
const STRING = /^([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*")$/;
const FLAG = /^[\w-]+\s*=\s*(?:true|false)$/;
const FORMS = /^([\w-]+)\s*=\s*\{(.*)\}$/;
const FORM = /([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*")/g;

/** @returns {Map<string, string[]>} the forms of each message by `section.name` */
function read(language) {
  const messages = new Map();
  let section = '';
  const lines = readFileSync(join(LOCALES, `${language}.toml`), 'utf8').split('\n');
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || FLAG.test(line)) continue;
    const [, opened] = SECTION.exec(line) ?? [];
    const [, name, text] = STRING.exec(line) ?? [];
    const [, plural, forms] = FORMS.exec(line) ?? [];
    if (opened) section = opened;
    else if (name) messages.set(`${section}.${name}`, [JSON.parse(text)]);
    else if (plural) messages.set(`${section}.${plural}`, [...forms.matchAll(FORM)].map((form) => JSON.parse(form[2])));
    else throw new Error(`locales/${language}.toml:${index + 1}: not understood by the tests' reader: ${line}`);
  }
  return messages;
}

const catalogues = new Map();

/** The messages of a language, read when first asked for. */
function catalogue(language) {
  if (!catalogues.has(language)) catalogues.set(language, read(language));
  return catalogues.get(language);
}

const PLACEHOLDER = /\{(\w+)(?::\w+)?\}/g;
/** Spaces of whatever width: the browser's names of things have plain ones. */
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/[\u00A0\u202F]/g, '\\s');

function formsOf(language, key) {
  const forms = catalogue(language).get(key);
  if (!forms) throw new Error(`locales/${language}.toml has no message ${key}`);
  return forms;
}

/** The words of a message; `values` fill its placeholders as they are. */
export function message(language, key, values = {}) {
  return formsOf(language, key)[0].replaceAll(PLACEHOLDER, (_all, name) => {
    if (!(name in values)) throw new Error(`${key} needs a value for ${name}`);
    return values[name];
  });
}

/** A pattern for a message whatever its placeholders hold; anchored at neither end. */
export function pattern(language, key) {
  const alternatives = formsOf(language, key).map((form) =>
    form.split(/\{\w+(?::\w+)?\}/).map(escape).join('.*?'),
  );
  return new RegExp(alternatives.join('|'));
}
