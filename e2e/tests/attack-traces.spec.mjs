// The whole way in three languages, and afterwards no trace of it (security.md, in the browser 7): no token and no passcode in the
// console, in what was sent, in storage, address, history or document. The search itself runs at the end of every test; here it
// is known to have something to look for, and the person has signed out.

import { expect, SESSION_COOKIE, test } from './attack.mjs';
import { sessionIf } from './fixtures.mjs';
import { PROVIDER } from './support/attack-stage.mjs';
import { MODE } from './support/modes.mjs';
import { ANDROID } from './sample.mjs';

/** The two whose words are the organisation's, and one of another direction and script. */
const LANGUAGES = ['en', 'ja', 'ar'];

/** In session mode the browser never sees a token: they are learnt on their way to the server. */
function learnTokensOfServer(stage, search) {
  stage.idp.changeJson(PROVIDER.token, (answer) => {
    for (const token of [answer.access_token, answer.id_token]) if (token) search.lookFor(token);
    return answer;
  });
}

/** What the cookies say is a secret too, of which nothing may be left. */
async function lookForCookies(context, search) {
  const held = (await context.cookies()).filter(({ name }) => name === SESSION_COOKIE);
  expect(held).toHaveLength(1);
  for (const { value } of held) search.lookFor(value);
}

/** On paper there are the steps, the passcode only when its box is ticked; and what prints leaves the screen as it was. */
async function prints(page, portal) {
  const passcode = await portal.shownPasscode();
  const onPaper = async () => {
    await page.emulateMedia({ media: 'print' });
    const paper = await page.evaluate(() => document.body.innerText.replaceAll(/\s/g, ''));
    await page.pdf();
    await page.emulateMedia({ media: null });
    return paper;
  };
  expect(await onPaper()).not.toContain(passcode);
  await page.getByRole('checkbox', { name: portal.saying('print.with_code') }).check();
  expect(await onPaper()).toContain(passcode);
  await expect(portal.passcode).toBeVisible();
}

for (const language of LANGUAGES) {
  test(`${language}: signed in, reset, read off, printed, signed out, and nothing stays`, sessionIf(['en', 'ja'].includes(language)), async ({ context, page, portal, search, stage }) => {
    if (MODE === 'session') learnTokensOfServer(stage, search);
    await portal.enter('aiko', `/devices/${ANDROID}`);
    await portal.switchLanguage(language);
    await portal.stepUp();
    await portal.lastButton.click();
    await portal.isDone();
    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    search.lookForPasscode(await portal.shownPasscode());
    await portal.button('passcode.qr_show').click();
    await prints(page, portal);
    await portal.open(`/devices/${ANDROID}/passcode`);
    await portal.isAt(`/devices/${ANDROID}/passcode`);
    await portal.showPasscode.click();
    await expect(portal.passcode).toBeVisible();
    expect(await search.findings()).toEqual([]);
    if (MODE === 'session') await lookForCookies(context, search);
    await portal.signOut();
    // Three sign-ins, each with its access token; two of the ID tokens were hints at sign-out. In session mode two sign-ins,
    // each with both, and the cookie.
    expect(search.known.tokens).toBeGreaterThanOrEqual(5);
    expect(await search.findings({ isSignedOut: true })).toEqual([]);
    await page.goBack();
    await portal.settles();
    expect(await search.findings({ isSignedOut: true })).toEqual([]);
    expect(await page.context().cookies(page.url())).toEqual([]);
  });
}
