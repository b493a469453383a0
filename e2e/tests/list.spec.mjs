// The list of very many devices; none and many are among the screens of access.spec.mjs.

import { expect, test } from './fixtures.mjs';
import { answerTo, CALL } from './support/api.mjs';

test('5,000 devices: at most 100 rows, "Show more" moves the focus to the first new one; search finds one and says how many', async ({ page, portal }) => {
  const listed = await answerTo(page, CALL.devices);
  await portal.enter('depot', '/devices');
  await expect(portal.main.getByText(/5,000/).first()).toBeVisible({ timeout: 20_000 });
  await expect(portal.deviceLinks).toHaveCount(100);
  await portal.command('showMore').click();
  await expect.poll(() => portal.deviceLinks.count()).toBeGreaterThan(100);
  await expect(portal.deviceLinks.nth(100)).toBeFocused();
  const wanted = (await listed.json()).value[42];
  await portal.search.pressSequentially(wanted.serialNumber);
  await expect(portal.deviceLinks).toHaveCount(1);
  await expect(portal.device(wanted.id)).toBeVisible();
  await expect(portal.search).toBeFocused();
  await portal.search.fill('no such device anywhere');
  await expect(portal.deviceLinks).toHaveCount(0);
  await expect(portal.text('noMatch').first()).toBeVisible();
  await portal.search.fill('');
  await expect(portal.deviceLinks).toHaveCount(100);
  expect(new URL(page.url()).pathname).toBe('/devices');
});

test('a long list is grouped by state, and a choice narrows it and is still there after Back', async ({ page, portal }) => {
  await portal.enter('chiyo', '/devices');
  await expect(portal.main.getByRole('heading', { level: 2, name: portal.saying('devices.needs_attention') })).toBeVisible();
  const all = await portal.deviceLinks.count();
  const state = page.getByRole('combobox', { name: portal.saying('list.standing') });
  await state.selectOption({ index: 1 });
  await expect.poll(() => portal.deviceLinks.count()).toBeLessThan(all);
  const narrowed = await portal.deviceLinks.count();
  expect(narrowed).toBeGreaterThan(0);
  await portal.deviceLinks.first().click();
  await expect(portal.heading).toBeFocused();
  await page.goBack();
  await portal.isAt('/devices');
  await expect(portal.deviceLinks).toHaveCount(narrowed);
});

test('Back leads to the place in the list that was left', async ({ page, portal }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await portal.enter('chiyo', '/devices');
  const row = portal.deviceLinks.nth(15);
  await row.scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  expect(place).toBeGreaterThan(300);
  await row.click();
  await expect(portal.heading).toBeFocused();
  await page.goBack();
  await portal.isAt('/devices');
  // The row, and not a number of pixels: rows that were not looked at yet have a height that is only guessed.
  await expect(row).toBeInViewport();
});

test('a reload finds what was chosen and the place; a sign-out forgets it', async ({ page, portal }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await portal.enter('chiyo', '/devices');
  const order = page.getByRole('combobox', { name: portal.saying('list.order') });
  await order.selectOption({ index: 2 });
  const row = portal.deviceLinks.nth(15);
  const name = await row.textContent();
  await row.scrollIntoViewIfNeeded();
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(300);
  await page.reload();
  await portal.isAt('/devices');
  await expect(order).toHaveValue('2');
  await expect(row).toHaveText(name);
  await expect(row).toBeInViewport();
  expect(new URL(page.url()).search).toBe('');
  await portal.signOut();
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes('list')))).toEqual([]);
});
