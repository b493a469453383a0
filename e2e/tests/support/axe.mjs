// Accessibility by axe-core, put into the page by the driver (a policy of the page does not apply to that).

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { drawn } from './frames.mjs';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong, one line each. @param {import('@playwright/test').Page} page */
export async function violations(page) {
  // Colours half-way through a transition are nobody's colours.
  await drawn(page);
  // Half a megabyte, sent once to each document.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const found = await page.evaluate(
    (tags) => window.axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then((run) => run.violations),
    TAGS,
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} – ${node.target.join(' ')} – ${node.failureSummary ?? ''}`),
  );
}
