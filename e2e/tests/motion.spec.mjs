// For who asked the system for less motion (WCAG 2.2, 2.3.3): while the page waits, works, opens something and changes, nothing
// in it moves. Counted are animations and transitions that began, by their events: one that is over is not missed.

import { expect, test } from './fixtures.mjs';
import { CALL, hold } from './support/api.mjs';
import { drawn } from './support/frames.mjs';
import { ANDROID } from './sample.mjs';

/** Takes down what begins to change a place, a size or an angle. */
function watchMovements(context) {
  return context.addInitScript(() => {
    const MOVING = /^(translate|rotate|scale|transform|offset|inset|top|left|right|bottom|margin|(min-|max-)?(width|height|inline-size|block-size))/;
    const moved = new Set();
    globalThis.e2eMoved = moved;
    const within = (rules) => [...rules].flatMap((rule) => [rule, ...(rule.cssRules ? within(rule.cssRules) : [])]);
    addEventListener('animationstart', ({ animationName }) => {
      const rules = within([...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]));
      const frames = rules.filter((rule) => rule instanceof CSSKeyframesRule && rule.name === animationName).flatMap((rule) => [...rule.cssRules]);
      for (const property of frames.flatMap((frame) => [...frame.style]).filter((name) => MOVING.test(name))) {
        moved.add(`${animationName}: ${property}`);
      }
    });
    addEventListener('transitionrun', ({ propertyName }) => {
      if (MOVING.test(propertyName)) moved.add(`transition: ${propertyName}`);
    });
  });
}

for (const [reducedMotion, title, expected] of [
  ['reduce', 'nothing moves', []],
  // What the watching sees where nobody asked for less.
  ['no-preference', 'the dialog rises and the spinner turns', ['rise: translate', 'turn: rotate']],
]) {
  test(`reduced motion "${reducedMotion}": ${title}`, async ({ context, page, portal }) => {
    await page.emulateMedia({ reducedMotion });
    await watchMovements(context);
    const seen = new Set();
    /** Of this document: the next one has a list of its own. */
    const take = async () => {
      await drawn(page);
      const moved = await page.evaluate(() => [...globalThis.e2eMoved]);
      moved.forEach((movement) => seen.add(movement));
    };
    await portal.enter('aiko', '/devices');
    await portal.openDevice(ANDROID);
    await portal.explain();
    await take();
    await portal.leaveForSignIn();
    await portal.provider.fill('aiko');
    await expect(portal.lastButton).toBeVisible();
    const held = await hold(page, CALL.reset, 'POST');
    await portal.lastButton.click();
    await expect(portal.text('confirm.submitting')).toBeVisible();
    await take();
    held.release();
    await portal.isDone();
    await portal.flag.click();
    await expect(portal.link('allNotifications')).toBeVisible();
    await take();
    expect([...seen].sort()).toEqual(expected);
  });
}
