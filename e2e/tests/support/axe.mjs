// Accessibility by axe-core, put into the page by the driver (a policy of the page does not apply to that).

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { drawn } from './frames.mjs';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules whose answer depends on colours: all that another colour scheme can break. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe finds wrong, one line each. @param {import('@playwright/test').Page} page */
export function violations(page) {
  return violated(page, { type: 'tag', values: TAGS });
}

/** The same of the colours alone, on a page of which the rest was looked at in another colour scheme. */
export function violationsOfColours(page) {
  return violated(page, { type: 'rule', values: OF_COLOURS });
}

async function violated(page, rules) {
  // Colours half-way through a transition are nobody's colours.
  await drawn(page);
  // Half a megabyte, sent once to each document.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const found = await page.evaluate(
    (runOnly) => window.axe.run(document, { runOnly, resultTypes: ['violations'] }).then((run) => run.violations),
    rules,
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} – ${node.target.join(' ')} – ${node.failureSummary ?? ''}`),
  );
}
