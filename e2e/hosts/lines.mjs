// What Node's runner prints here: a line for each failure and for what cannot run, and for each server the sum, as xtask reads it.

export default async function* lines(events) {
  let sum = { passed: 0, failed: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, nesting, skip, details } = data;
    const isServer = nesting === 0;
    const { error } = details;
    if (skip) {
      yield `skipped: ${name}: ${skip}\n`;
    } else if (error && error.failureType !== 'subtestsFailed') {
      yield `${name}: ${(error.cause?.message ?? error.message).trimEnd()}\n`;
      sum.failed += 1;
    } else if (!isServer) {
      sum.passed += 1;
    }
    if (isServer && !skip) {
      yield `test result: ${name.padEnd(19)} ${sum.passed} passed, ${sum.failed} failed\n`;
      sum = { passed: 0, failed: 0 };
    }
  }
}
