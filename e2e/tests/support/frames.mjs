// Waiting for what is drawn, by the driver's own frames: a test that stands the page's clock still stops the page's.

const FRAMES = 2;

/** Looked at once a frame, in the page: whether so many frames in a row found nothing moving or changing colour towards an
 *  end. What has none (a spinner) is not waited for, and what has reached it and stays there does not move any more. */
export function rested(wanted) {
  const moves = document.getAnimations().some((animation) =>
    animation.playState === 'running' && Number.isFinite(animation.effect.getComputedTiming().endTime));
  globalThis.e2eQuietFrames = moves ? 0 : (globalThis.e2eQuietFrames ?? 0) + 1;
  const enough = globalThis.e2eQuietFrames > wanted;
  if (enough) globalThis.e2eQuietFrames = 0;
  return enough;
}

/** Until the page rests. @param {import('@playwright/test').Page} page */
export async function drawn(page, frames = FRAMES) {
  await page.waitForFunction(rested, frames, { polling: 'raf' });
}

/** The same over WebDriver. @param {import('selenium-webdriver').WebDriver} driver */
export async function drawnBy(driver, frames = FRAMES) {
  await driver.executeAsyncScript(
    `const [wanted, done] = arguments;
     const rested = ${rested};
     const look = () => (rested(wanted) ? done() : requestAnimationFrame(look));
     requestAnimationFrame(look);`,
    frames,
  );
}
