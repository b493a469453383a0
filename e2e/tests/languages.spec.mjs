// The texts of a language: one is loaded with the page, another when it is chosen, and what is not whole is not shown.

import { expect, test } from './fixtures.mjs';

const TEXTS = '**/assets/*.txt';

/** The languages whose texts were asked for, in order. */
function asked(page) {
  const tags = [];
  page.on('request', (request) => {
    const [, tag] = /\/assets\/([\w-]+)-[0-9a-f]{16}\.txt$/.exec(new URL(request.url()).pathname) ?? [];
    if (tag) tags.push(tag);
  });
  return tags;
}

test('a visit loads one language, and another one once, when it is chosen', async ({ page, portal }) => {
  const tags = asked(page);
  await portal.open('/');
  await portal.isAt('/');
  expect(tags).toEqual(['en']);
  await portal.switchLanguage('ja');
  await portal.switchLanguage('en');
  await portal.switchLanguage('ja');
  await portal.isAt('/');
  expect(tags).toEqual(['en', 'ja']);
});

test('the texts of the lazily loaded screens come with the first of them, and with every language chosen after it', async ({ page, portal }) => {
  const tags = asked(page);
  await portal.open('/');
  await page.locator('a[href="/help"]').first().click();
  await expect(portal.headed('help.heading')).toBeFocused();
  expect(tags).toEqual(['en', 'en-screens']);
  await portal.switchLanguage('ja');
  await portal.switchLanguage('en');
  await portal.switchLanguage('ja');
  await portal.isAt('/help');
  expect(tags.toSorted()).toEqual(['en', 'en-screens', 'ja', 'ja-screens']);
});

test('a language whose lazily loaded texts cannot be loaded leaves the old one on such a screen', async ({ page, portal }) => {
  await portal.open('/help');
  await portal.isAt('/help');
  const heading = await portal.heading.innerText();
  await page.route('**/assets/ja-screens-*.txt', (route) => route.abort('connectionreset'));
  await page.getByRole('combobox', { name: portal.saying('languageChoice') }).selectOption('ja');
  await expect(page.getByText(portal.saying('languageMissing')).first()).toBeVisible();
  await expect(portal.heading).toHaveText(heading);
});

test('a language that was chosen is the one the next page of the tab begins with', async ({ page, portal }) => {
  await portal.open('/help');
  await portal.switchLanguage('ja');
  const tags = asked(page);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  await expect(portal.heading).toBeVisible();
  await expect.poll(() => tags).toEqual(['ja', 'ja-screens']);
});

test('the language the organisation configured is loaded at once and alone', async ({ page, portal }) => {
  const config = await (await page.request.get('/config.json')).json();
  await page.route('**/config.json', (route) => route.fulfill({ json: { ...config, defaultLocale: 'ja' } }));
  const tags = asked(page);
  await portal.open('/help');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
  expect(tags[0]).toBe('ja');
  expect(tags.filter((tag) => tag.startsWith('en'))).toEqual([]);
});

test('a language that cannot be loaded leaves the old one, which says so', async ({ page, portal }) => {
  await portal.open('/help');
  await portal.isAt('/help');
  const heading = await portal.heading.innerText();
  await page.route(TEXTS, (route) => route.abort('connectionreset'));
  const choice = page.getByRole('combobox', { name: portal.saying('languageChoice') });
  await choice.selectOption('ja');
  await expect(page.getByText(portal.saying('languageMissing')).first()).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: portal.saying('languageMissing') })).toHaveCount(1);
  await expect(portal.heading).toHaveText(heading);
  await expect(choice).toHaveValue('en');
  await page.unroute(TEXTS);
  await portal.switchLanguage('ja');
});

for (const [name, answer] of [
  ['cannot be loaded', (route) => route.abort('connectionreset')],
  ['are of another page', (route) => route.fulfill({ status: 200, contentType: 'text/plain', body: 'portal-texts en 0\n' })],
  ['are missing', (route) => route.fulfill({ status: 404, body: '' })],
]) {
  test(`texts that ${name}: an explanation, not a page without words`, async ({ page, guard }) => {
    guard.pardon(/page error|integrity/);
    await page.route(TEXTS, answer);
    await page.goto('/');
    await expect(page.getByRole('alert').first()).toBeVisible();
  });
}
