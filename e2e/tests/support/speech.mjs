// What a screen reader would have said: every text that ever stood in a live region, in order. A later announcement
// replaces an earlier one within moments, so looking at the region once would miss it.

/** Listens from the next page load on. @param {import('@playwright/test').BrowserContext} context */
export function listen(context) {
  return context.addInitScript(() => {
    const spoken = [];
    globalThis.e2eSpoken = spoken;
    const note = (node) => {
      const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
      const text = element?.closest('[role=status], [role=alert], [aria-live=polite]')?.textContent.trim();
      if (text && spoken.at(-1) !== text) spoken.push(text);
    };
    new MutationObserver((changes) => {
      for (const change of changes) {
        note(change.target);
        change.addedNodes.forEach(note);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

/** @returns {Promise<string[]>} */
export function spokenOn(page) {
  return page.evaluate(() => globalThis.e2eSpoken);
}
