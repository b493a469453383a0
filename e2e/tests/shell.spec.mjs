// Before and without the application: the static shell, no script, no WebAssembly, no storage, a wrong config.json.

import { expect, LANGUAGES, test } from './fixtures.mjs';
import { violations } from './support/axe.mjs';

/** What to do about Lockdown Mode. */
const LOCKDOWN = {
  en: ['Settings > Privacy & Security > Lockdown Mode > Configure Web Browsing', 'another device'],
  ja: ['ロックダウンモード', '別のデバイス'],
};

for (const language of LANGUAGES) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test.describe('without script', () => {
      test.use({ javaScriptEnabled: false });

      test('an explanation, not a blank page', async ({ page }) => {
        await page.goto('/');
        // Playwright's own text search leaves out what stands in <noscript>.
        await expect(page.locator('noscript p').first()).toBeVisible();
        expect(await page.locator('noscript p').first().innerText()).toContain('JavaScript');
      });
    });

    test('without WebAssembly: an explanation', async ({ context, page, guard }) => {
      guard.pardon(/WebAssembly/);
      await context.addInitScript(() => {
        delete globalThis.WebAssembly;
      });
      await page.goto('/');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      // The alert has texts for other causes too, which are hidden: the one that is shown counts.
      await expect.poll(() => page.getByRole('alert').innerText()).toContain('WebAssembly');
      const said = await page.getByRole('alert').innerText();
      for (const words of LOCKDOWN[language]) expect(said).toContain(words);
      expect(said).toContain('IT');
      expect(await violations(page)).toEqual([]);
    });

    test('an old browser is told to use another one, and nothing of Lockdown Mode', async ({ context, page, guard }) => {
      guard.pardon(/WebAssembly/);
      await context.addInitScript(() => {
        delete globalThis.WebAssembly;
        delete globalThis.HTMLDialogElement;
      });
      await page.goto('/');
      await expect.poll(() => page.getByRole('alert').innerText()).toContain('WebAssembly');
      expect(await page.getByRole('alert').innerText()).not.toContain('Lockdown');
    });
  });
}

test('config.json missing, broken, empty or of a careless host: an explanation, not a blank page', async ({ page, portal }) => {
  let config;
  await page.route('**/config.json', (route) => route.fulfill(config));
  for (const answer of [
    { status: 404, body: '' },
    { status: 200, contentType: 'application/json', body: '{"authority":' },
    { status: 200, contentType: 'application/json', body: '{}' },
    { status: 200, contentType: 'text/html', body: '<!doctype html><p>hello' },
  ]) {
    config = answer;
    await portal.open('/devices');
    await expect(portal.headed('config.heading'), answer.body).toBeVisible();
    await expect(portal.main.getByText('config.json').first()).toBeVisible();
  }
});

/** The names of what the page asks for before it can sign anybody in. */
function askedBy(page) {
  const asked = [];
  page.on('request', (request) => {
    const name = request.url().match(/config\.json$|openid-configuration$/)?.[0];
    if (name) asked.push(name);
  });
  return asked;
}

test('the configuration and the provider are asked for before the module is there', async ({ page }) => {
  const asked = askedBy(page);
  await page.route('**/*.wasm', () => {});
  await page.goto('/devices', { waitUntil: 'commit' });
  await expect.poll(() => asked).toEqual(['config.json', 'openid-configuration']);
});

test('the page takes the configuration that was asked for early; the provider waits for a press', async ({ page, portal }) => {
  const asked = askedBy(page);
  await portal.open('/');
  await expect(portal.button('signIn').first()).toBeVisible();
  expect(asked).toEqual(['config.json']);
});

test('something useful paints before WebAssembly has loaded', async ({ page }) => {
  await page.route('**/*.wasm', () => {});
  await page.goto('/', { waitUntil: 'commit' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a WebAssembly module that cannot be loaded: an explanation', async ({ page, guard }) => {
  guard.pardon(/page error/);
  await page.route('**/*.wasm', (route) => route.abort('connectionreset'));
  await page.goto('/');
  await expect(page.getByRole('alert').first()).toBeVisible();
});

test('storage refused: signing in still works or is explained, and nothing breaks', async ({ context, portal }) => {
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    }
  });
  await portal.open('/devices');
  await expect(portal.heading).toBeVisible();
  await portal.saysWhenSigningIn('browserUnfit');
});

test('without crypto.subtle nobody is signed in and it is explained', async ({ context, portal }) => {
  await context.addInitScript(() => {
    Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });
  });
  await portal.open('/devices');
  await portal.saysWhenSigningIn('browserUnfit');
});

test('the policies of the page are the strict ones', async ({ page }) => {
  const response = await page.goto('/');
  const headers = response.headers();
  const policy = headers['content-security-policy'];
  expect(policy).toMatch(/script-src [^;]*'wasm-unsafe-eval'/);
  expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|'strict-dynamic'/);
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(headers['cache-control']).toContain('no-store');
  expect(headers['referrer-policy']).toBe('no-referrer');
  for (const script of await page.locator('script[src], link[rel=modulepreload]').all()) {
    expect(await script.getAttribute('integrity')).toMatch(/^sha(256|384|512)-/);
  }
});
