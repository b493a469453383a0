// What the sample people own, as far as the tests rely on it (seed: server/sample, rules: platforms.md and flow.md).

export const PASSWORD = 'sample';

export const PEOPLE = {
  aiko: 'aiko@example.test',
  ben: 'ben@example.test',
  chiyo: 'chiyo@example.test',
  dana: 'dana@example.test',
  emil: 'emil@example.test',
  fumi: 'fumi@example.test',
  depot: 'depot@example.test',
};

/** Characters that are not mistaken for one another: no 0/O, 1/l/I. */
const LETTERS_AND_DIGITS = /^(?=.*[A-Za-z])(?=.*[2-9])[A-HJ-NP-Za-km-z2-9]+$/;
const DIGITS = /^[2-9]+$/;

/** The four platforms of flow.md: what a reset gives on each, and how the message files call it. */
export const PLATFORMS = [
  { name: 'Android', words: 'android', device: 'd-aiko-android', passcode: LETTERS_AND_DIGITS },
  { name: 'iPhone', words: 'apple_mobile', device: 'd-aiko-iphone', passcode: undefined },
  { name: 'Windows 10 Mobile', words: 'windows_mobile', device: 'd-aiko-lumia', passcode: LETTERS_AND_DIGITS },
  { name: 'Windows Phone 8.1', words: 'windows_phone', device: 'd-aiko-wp81', passcode: DIGITS },
];

export const ANDROID = PLATFORMS[0].device;
export const IPHONE = PLATFORMS[1].device;

/** Fumi's devices, managed by three kinds of service; in the order of the API. */
export const FUMI = {
  xperia: 'd-fumi-xperia',
  iphone: 'cloud:c-fumi-iphone',
  pixel: 'cloud:c-fumi-pixel',
  ipad: 'push:n-fumi-ipad',
  spare: 'push:n-fumi-iphone',
};
