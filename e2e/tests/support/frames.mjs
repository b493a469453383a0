// Waiting for what is drawn, by the driver's own frames: a test that stands the page's clock still stops the page's.

/** Until this many frames in a row were drawn without a colour being on its way from one to another. An endless
 *  animation is not waited for. @param {import('@playwright/test').Page} page */
export async function drawn(page, frames = 2) {
  await page.evaluate(() => {
    globalThis.e2eQuietFrames = 0;
  });
  await page.waitForFunction(
    (wanted) => {
      const moves = document.getAnimations().some((animation) => animation instanceof CSSTransition);
      globalThis.e2eQuietFrames = moves ? 0 : globalThis.e2eQuietFrames + 1;
      return globalThis.e2eQuietFrames > wanted;
    },
    frames,
    { polling: 'raf' },
  );
}
