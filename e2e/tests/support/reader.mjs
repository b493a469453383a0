// A person who hears the page and presses keys: what a screen reader would say is read from the browser's accessibility
// tree (not from the DOM), live regions included, and nothing is ever clicked.

import { listen, spokenOn } from './speech.mjs';

/** A person gives up at some point, and so does this. */
const PATIENCE = 120;

export class ScreenReader {
  #client;

  /** @param {import('@playwright/test').Page} page */
  static async over(page) {
    const reader = new ScreenReader();
    reader.page = page;
    await listen(page.context());
    reader.#client = await page.context().newCDPSession(page);
    await reader.#client.send('Accessibility.enable');
    return reader;
  }

  /** What is said of the element that has the focus: `button, Reset passcode`. */
  async focused() {
    const { result } = await this.#client.send('Runtime.evaluate', { expression: 'document.activeElement' });
    if (!result.objectId) return '';
    const { nodes } = await this.#client.send('Accessibility.getPartialAXTree', {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    const [node] = nodes;
    if (!node || node.ignored) return '';
    const states = (node.properties ?? [])
      .filter(({ name, value }) => ['disabled', 'checked', 'expanded', 'required'].includes(name) && value.value)
      .map(({ name, value }) => (value.value === true ? name : `${name} ${value.value}`));
    return [node.role?.value, node.name?.value, node.description?.value, ...states].filter(Boolean).join(', ');
  }

  /** Everything the page says from top to bottom, the way "read all" does, one line per text. */
  async readAll() {
    const { nodes } = await this.#client.send('Accessibility.getFullAXTree');
    return nodes
      .filter((node) => !node.ignored && ['StaticText', 'heading', 'button', 'link', 'image'].includes(node.role?.value))
      .map((node) => node.name?.value ?? '')
      .filter(Boolean)
      .join('\n');
  }

  /** What was announced by itself so far. */
  async announced() {
    return (await spokenOn(this.page)).join('\n');
  }

  /** Presses Tab until what is said matches, as somebody does who listens. */
  async tabTo(pattern) {
    const heard = [];
    for (let press = 0; press < PATIENCE; press += 1) {
      const now = await this.focused();
      if (pattern.test(now)) return now;
      heard.push(now);
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${pattern}; heard:\n${[...new Set(heard)].join('\n')}`);
  }

  /** Goes there and presses the key that activates it. */
  async press(pattern, key = 'Enter') {
    await this.tabTo(pattern);
    await this.page.keyboard.press(key);
  }
}
