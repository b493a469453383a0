// A browser that translates the page, as Chrome's translator does it: every text that is there, and every one that comes, is
// taken out of the document, and an element of the translator's (`font` in `font`) stands in its place. What says
// `translate="no"` is left alone. Its language is English in brackets, so that tests find the words again.

/** How it puts its words there: in the place of the text, or around the very node. */
export const WAYS = /** @type {const} */ (['instead', 'around']);

/** Translates every page of this context from its first text on. @param {import('@playwright/test').BrowserContext} context */
export function translate(context, way) {
  return context.addInitScript((way) => {
    const font = () => {
      const element = document.createElement('font');
      element.setAttribute('style-was', 'vertical-align: inherit;');
      return element;
    };
    const isTranslated = (text) => {
      const parent = text.parentElement;
      return (
        parent !== null &&
        text.data.trim() !== '' &&
        !['SCRIPT', 'STYLE', 'NOSCRIPT', 'FONT', 'TEXTAREA', 'TITLE'].includes(parent.tagName) &&
        parent.closest('[translate=no]') === null
      );
    };
    const translateText = (text) => {
      if (!isTranslated(text)) return;
      const [outer, inner] = [font(), font()];
      text.replaceWith(outer);
      outer.append(inner);
      if (way === 'around') inner.append(text);
      else inner.append(document.createTextNode(text.data));
    };
    const translateAll = (root) => {
      if (root.nodeType === Node.TEXT_NODE) return translateText(root);
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) texts.push(walker.currentNode);
      texts.forEach(translateText);
    };
    new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === 'characterData') translateAll(change.target);
        else change.addedNodes.forEach(translateAll);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, way);
}

/** How many texts the translator has taken. */
export const taken = (page) => page.locator('font > font').count();
