// The gallery: every picture of the run on one page, beside what it was before, for a person to look at. Written at the end
// of a run to output/pictures/index.html; `look` keeps the picture that a new one replaces (output/pictures/before).

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PICTURES = join(resolve(dirname(fileURLToPath(import.meta.url))), 'output/pictures');

const escape = (text) => text.replace(/[&<>"]/g, (one) => `&#${one.codePointAt(0)};`);

/** The state a picture shows: its name without language, colours and width. */
const stateOf = (name) => name.replace(/-(en|ja)-(light|dark)-(wide|narrow|laptop|large|phone)$/, '');

/** Whether a picture differs from the one before it; `undefined` when there was none. */
function isChanged(name) {
  const before = join(PICTURES, 'before', name);
  return existsSync(before) ? !readFileSync(before).equals(readFileSync(join(PICTURES, name))) : undefined;
}

function picture(name) {
  const changed = isChanged(name);
  const word = changed === undefined ? 'new' : changed ? 'changed' : 'as before';
  const image = (source, alt) => `<a href="${escape(source)}"><img loading="lazy" src="${escape(source)}" alt="${escape(alt)}"></a>`;
  const before = changed ? image(`before/${name}`, `${name}, before`) : '';
  return `<figure class="${word.replace(' ', '-')}">${before}${image(name, name)}<figcaption>${escape(name.replace(/\.png$/, ''))}: ${word}</figcaption></figure>`;
}

/** Playwright's global teardown. */
export default function gallery() {
  mkdirSync(PICTURES, { recursive: true });
  const names = readdirSync(PICTURES).filter((name) => name.endsWith('.png')).toSorted();
  const states = new Map();
  for (const name of names) {
    const state = stateOf(name.replace(/\.png$/, ''));
    states.set(state, [...(states.get(state) ?? []), name]);
  }
  const sections = [...states].map(([state, shown]) => `<section><h2>${escape(state)}</h2><div>${shown.map(picture).join('')}</div></section>`);
  writeFileSync(
    join(PICTURES, 'index.html'),
    `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Every state of the portal</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; background: #f4f5f7; color: #1b1f24 }
  section > div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start }
  figure { margin: 0; padding: .5rem; background: #fff; border: 2px solid transparent }
  figure.changed { border-color: #b3560b } figure.new { border-color: #0b6bb3 }
  img { height: 20rem; border: 1px solid #ccc; margin-inline-end: .5rem } figcaption { font-size: .8rem }
</style>
<h1>Every state of the portal</h1>
<p>${states.size} states, ${names.length} pictures. Blue: new in this run. Orange: changed, with the one before beside it.</p>
${sections.join('\n')}</html>
`,
  );
}
