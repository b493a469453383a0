// A voice for browsers that have none (the test machines'): it takes down what it is given and says nothing. Each word
// takes a second of the page's own clock.

/**
 * @param {import('@playwright/test').BrowserContext} context
 * @param {{ lang: string, localService: boolean }[]} voices
 */
export function giveVoices(context, voices) {
  return context.addInitScript((known) => {
    const voiced = { said: [], stopped: 0 };
    globalThis.e2eVoiced = voiced;
    let queue = [];
    let timer;
    const next = () => {
      timer = undefined;
      const [utterance] = queue;
      if (!utterance) return;
      voiced.said.push({ text: utterance.text, rate: utterance.rate, voice: utterance.voice });
      timer = setTimeout(() => {
        queue.shift();
        utterance.onend?.();
        next();
      }, 1_000);
    };
    const synthesis = {
      getVoices: () => known,
      speak: (utterance) => {
        queue.push(utterance);
        if (timer === undefined) next();
      },
      cancel: () => {
        voiced.stopped += 1;
        clearTimeout(timer);
        timer = undefined;
        const given = queue;
        queue = [];
        for (const utterance of given) setTimeout(() => utterance.onerror?.(), 0);
      },
    };
    Object.defineProperty(globalThis, 'speechSynthesis', { value: synthesis, configurable: true });
    globalThis.SpeechSynthesisUtterance = class {
      constructor(text) {
        this.text = text;
      }
    };
  }, voices);
}

/** @returns {Promise<{ said: { text: string, rate: number, voice: object }[], stopped: number }>} */
export function voiced(page) {
  return page.evaluate(() => globalThis.e2eVoiced);
}
