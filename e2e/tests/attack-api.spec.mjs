// An API, or somebody in its place, that answers nonsense, half of it, too much of it, or never (security.md, in the browser 13),
// and demands for a fresher sign-in that are garbled or never end (4). By a proxy: here connections are really cut.
// Statuses and captive portals one by one: errors.spec.mjs.

import { asking, expect, test } from './attack.mjs';
import { SESSION } from './fixtures.mjs';
import { CALLBACK } from './support/attack-stage.mjs';
import { CALL, problem } from './support/api.mjs';
import { byMode } from './support/modes.mjs';
import { IT_CONTACT } from './support/stage.mjs';
import { ANDROID } from './sample.mjs';

const LIST = '/api/v1.0/me/managedDevices';
const RESET = `${LIST}/${ANDROID}/resetPasscode`;
const JSON_TYPE = { 'content-type': 'application/json' };
const json = (body) => (exchange) => exchange.answer({ headers: JSON_TYPE, body: typeof body === 'string' ? body : JSON.stringify(body) });

const NONSENSE = [
  ['an answer cut in the middle', (exchange) => exchange.answerHalf({ headers: JSON_TYPE, body: '{"value":[{"id":"d-aiko-' })],
  ['nothing', json('')],
  ['null', json('null')],
  ['a list where an object belongs', json([])],
  ['an object where the list belongs', json({ value: { id: 'd' } })],
  ['objects where names belong', json({ value: [{ id: {}, deviceName: [8] }] })],
  ['a hundred thousand brackets', json('['.repeat(100_000))],
  ['a page of another server next', json({ value: [], '@odata.nextLink': 'https://evil.example/api/v1.0/me/managedDevices?$skiptoken=1' })],
  ['a page next that hides its host', json({ value: [], '@odata.nextLink': '/\\evil.example/me/managedDevices' })],
  ['bytes of no text', (exchange) => exchange.answer({ headers: { 'content-type': 'application/octet-stream' }, body: Buffer.from([0xff, 0xfe, 0x00, 0x80]) })],
  ['a redirect to elsewhere', (exchange) => exchange.answer({ status: 307, headers: { location: 'http://127.0.0.1:9/me/managedDevices' } })],
];

test('a list that is nonsense is explained with the IT contact, and the page stays usable', async ({ portal, stage, guard }) => {
  // The browser asks for the target of a redirect before the page refuses it; a policy of the page forbids that, and is heard.
  guard.pardon(/127\.0\.0\.1:9/);
  await portal.enter('aiko', '/notifications');
  for (const [name, answer] of NONSENSE) {
    await test.step(name, async () => {
      stage.calm();
      stage.api.on(LIST, answer);
      await portal.open('/devices');
      await expect(portal.retry).toBeVisible({ timeout: 20_000 });
      await expect(portal.itContact(IT_CONTACT.phone)).toBeVisible();
      await expect(portal.deviceLinks).toHaveCount(0);
      await portal.switchLanguage(portal.language === 'en' ? 'ja' : 'en');
    });
  }
  stage.calm();
  await portal.retryUntil(portal.device(ANDROID).first());
});

test('a right list under a wrong content type is still right', async ({ portal, stage }) => {
  stage.api.on(LIST, async (exchange) => {
    const answer = await exchange.honest();
    exchange.answer({ ...answer, headers: { ...answer.headers, 'content-type': 'text/html' } });
  });
  await portal.enter('aiko', '/devices');
  await expect(portal.device(ANDROID).first()).toBeVisible();
});

test('an answer that does not end is given up, not collected', async ({ portal, stage }) => {
  const MEGABYTE = 1024 * 1024;
  let sent = 0;
  stage.api.on(LIST, async (exchange) => {
    sent = await exchange.answerEndlessly({ headers: JSON_TYPE, piece: Buffer.alloc(MEGABYTE, ' '), pieces: 256 });
  });
  await portal.enter('aiko', '/notifications');
  await portal.open('/devices');
  await expect(portal.retry).toBeVisible({ timeout: 20_000 });
  // What the connection's buffers hold comes on top of the page's eight megabytes.
  await expect.poll(() => sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(64);
  console.log(`an endless answer was given up after ${sent} MB`);
});

test('an API that never answers is given up after a while: explained, and it recovers', async ({ page, portal, stage }) => {
  await page.clock.install();
  await portal.enter('aiko', '/notifications');
  const asked = stage.api.silent(LIST);
  await portal.link('devices.heading').first().click();
  await expect.poll(() => asked.count).toBeGreaterThan(0);
  await expect(async () => {
    await page.clock.runFor('00:31');
    await expect(portal.retry).toBeVisible({ timeout: 500 });
  }).toPass();
  stage.calm();
  await portal.retryUntil(portal.device(ANDROID).first());
});

test('a reset whose answer never comes is not posted again by itself, and the retry has the same key', async ({ page, portal, stage, api }) => {
  await page.clock.install();
  await portal.reachConfirm('aiko', ANDROID);
  const asked = stage.api.silent(RESET, { method: 'POST' });
  await portal.lastButton.click();
  await expect.poll(() => asked.count).toBe(1);
  await page.clock.runFor('01:00');
  await expect(portal.retryReset.or(portal.headed('pending')).first()).toBeVisible();
  expect(api.resets).toHaveLength(1);
  stage.calm();
  await portal.retryReset.click();
  await portal.isDone();
  expect(new Set(await api.resetKeys()).size).toBe(1);
});

/** Demands that are garbled, too large, or ask for what nobody grants: what of them may reach the provider. In session mode
 *  nothing may: the server asks in its own words. */
const CHALLENGES = [
  ['the demand of RFC 9470', 'Bearer error="insufficient_user_authentication", max_age="300"', {}],
  ['a string that does not end', 'Bearer error="insufficient_user_authentication", max_age="30', {}],
  ['a year', 'Bearer error="insufficient_user_authentication", max_age="31536000"', { max_age: '300' }],
  ['a number of forty digits', `Bearer error="insufficient_user_authentication", max_age="${'9'.repeat(40)}"`, { max_age: '300' }],
  ['a negative age', 'Bearer error="insufficient_user_authentication", max_age="-1"', { max_age: '300' }],
  ['an age with a parameter in it', 'Bearer error="insufficient_user_authentication", max_age="0&redirect_uri=https://evil.example"', { max_age: '300' }],
  ['twelve kilobytes of contexts', `Bearer error="insufficient_user_authentication", acr_values="${'a'.repeat(12_000)}"`, { acr_values: undefined }],
  ['claims that are no base64', 'Bearer error="insufficient_claims", claims="%%%"', { claims: undefined }],
  ['claims that are no object', `Bearer error="insufficient_claims", claims="${Buffer.from('[1]').toString('base64')}"`, { claims: undefined }],
  ['eight kilobytes of claims', `Bearer error="insufficient_claims", claims="${Buffer.from(JSON.stringify({ a: 'x'.repeat(6_000) })).toString('base64')}"`, { claims: undefined }],
  ['three challenges in one header', 'Negotiate, Basic realm="x", Bearer error="insufficient_user_authentication", max_age=10', { max_age: '10' }],
  ['commas only', ', , ,', {}],
];

test('demands for a fresher sign-in, garbled and without end: one explanation each, one redirect per click, bounded', SESSION, async ({ page, portal, stage, api }) => {
  test.setTimeout(120_000);
  await portal.reachConfirm('aiko', ANDROID);
  const asked = asking(page, `${stage.issuer}/auth?`);
  for (const [index, [name, challenge, wanted]] of CHALLENGES.entries()) {
    await test.step(name, async () => {
      stage.api.reset();
      stage.api.replace(RESET, { ...toAnswer(problem(401, 'insufficientUserAuthentication')), headers: { 'content-type': 'application/problem+json', 'www-authenticate': challenge } }, { method: 'POST' });
      asked.length = 0;
      await portal.lastButton.click();
      await expect(portal.text('explain.again_challenged').first()).toBeVisible();
      await portal.settles();
      expect(asked, 'nobody is sent away without a click').toHaveLength(0);
      await portal.signInAgain.click();
      await expect(portal.provider.password).toBeVisible();
      expect(asked, 'one click, one redirect').toHaveLength(1);
      const parameters = Object.fromEntries(new URL(asked[0].url()).searchParams);
      const carried = byMode({ token: wanted, session: { max_age: '300', acr_values: undefined, claims: undefined } });
      expect(parameters).toMatchObject({ prompt: 'login', redirect_uri: stage.origin + CALLBACK, ...definedOf(carried) });
      expect(Number(parameters.max_age)).toBeLessThanOrEqual(300);
      for (const absent of Object.keys(carried).filter((key) => carried[key] === undefined)) expect(parameters).not.toHaveProperty(absent);
      await portal.provider.fill('aiko');
      await expect(portal.lastButton).toBeVisible();
      expect(api.resets).toHaveLength(index + 1);
    });
  }
});

const definedOf = (wanted) => Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
const toAnswer = ({ status, body }) => ({ status, body });
