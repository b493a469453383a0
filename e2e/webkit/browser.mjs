// WebKitGTK's MiniBrowser behind its WebDriver, on a display of its own. Playwright's WebKit is a build nobody has, so this
// one is driven by the W3C protocol (selenium-webdriver is its client) and knows only what core.spec.mjs needs.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Builder, Capabilities } from 'selenium-webdriver';
import { freePort, Program } from '../tests/support/processes.mjs';

const LIBRARIES = '/usr/lib';
const WIDTH = 1280;
const HEIGHT = 1000;

/** The browser that comes with the library, in the directory of its architecture. */
function miniBrowser() {
  if (process.env.WEBKIT_MINIBROWSER) return process.env.WEBKIT_MINIBROWSER;
  const candidates = readdirSync(LIBRARIES).flatMap((architecture) =>
    ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map((version) => join(LIBRARIES, architecture, version, 'MiniBrowser')));
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error('no WebKit MiniBrowser: install it (Debian: apt-get install webkit2gtk-driver) or name it in WEBKIT_MINIBROWSER');
  return found;
}

/** A display number of Xvfb's own choosing. */
async function openDisplay() {
  const screen = new Program('Xvfb', 'Xvfb', ['-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', `${WIDTH}x${HEIGHT}x24`]);
  const deadline = Date.now() + 20_000;
  while (!/^\d+$/m.test(screen.output)) {
    if (Date.now() > deadline) throw new Error(`Xvfb shows no display:\n${screen.output}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { screen, display: `:${/^\d+$/m.exec(screen.output)[0]}` };
}

/** The driver, for as long as a worker lives; each test opens a session with a profile of its own. */
export class WebKit {
  static async open() {
    const webkit = new WebKit();
    const { screen, display } = await openDisplay();
    webkit.screen = screen;
    webkit.port = await freePort();
    webkit.driver = new Program('WebKitWebDriver', 'WebKitWebDriver', [`--port=${webkit.port}`], {
      // Without a graphics card the compositor only costs time.
      env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: '1', GDK_BACKEND: 'x11' },
    });
    await webkit.driver.answersAt(`${webkit.address}/status`);
    return webkit;
  }

  get address() {
    return `http://127.0.0.1:${this.port}`;
  }

  session() {
    const wanted = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] },
    });
    return new Builder().usingServer(this.address).disableEnvironmentOverrides().withCapabilities(wanted).build();
  }

  async close() {
    await this.driver.stop();
    await this.screen.stop();
  }
}
