// How a temporary passcode is spelled, by the product's own words, and back again from what was heard.

import { message } from './messages.mjs';

/** How a character is called: what is read, and what is said of it. */
export function called(language, character) {
  const isDigit = /\d/.test(character);
  const words = message(language, isDigit ? 'spelling.digits' : 'spelling.letters').split(' ');
  const word = words[isDigit ? Number(character) : character.toLowerCase().charCodeAt(0) - 97];
  const [, shown, aid] = /^([^(]+)(?:\((.+)\))?$/.exec(word);
  const kind = isDigit ? 'digit' : character === character.toLowerCase() ? 'small' : 'capital';
  const inSentence = (text) => message(language, `spelling.${kind}`, { word: text });
  const read = inSentence(kind === 'small' ? shown.toLowerCase() : shown);
  return { kind, read, said: inSentence(aid ?? (kind === 'small' ? shown.toLowerCase() : shown)) };
}

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** The passcode that somebody types who heard these lines: every line that spells a character, in order. */
export function typed(language, lines) {
  const characters = new Map(ALPHABET.map((character) => [called(language, character).read, character]));
  return lines.map((line) => characters.get(line.trim())).filter(Boolean).join('');
}
