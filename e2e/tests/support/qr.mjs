// Reads a QR code off the screen as a camera would: from the pixels, by a decoder that shares nothing with the page.

import { createRequire } from 'node:module';

const DECODER = createRequire(import.meta.url).resolve('jsqr');

/**
 * @param {import('@playwright/test').Locator} picture what shows the code
 * @returns {Promise<string | undefined>} the text in it; nothing when a camera would find none
 */
export async function readQrCode(picture) {
  const pixels = (await picture.screenshot()).toString('base64');
  // A page of its own: the portal's policy allows no script and no picture of ours.
  const desk = await picture.page().context().newPage();
  try {
    await desk.addScriptTag({ path: DECODER });
    return await desk.evaluate(async (png) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const drawing = canvas.getContext('2d');
      drawing.drawImage(bitmap, 0, 0);
      const { data, width, height } = drawing.getImageData(0, 0, bitmap.width, bitmap.height);
      return globalThis.jsQR(data, width, height)?.data;
    }, pixels);
  } finally {
    await desk.close();
  }
}
