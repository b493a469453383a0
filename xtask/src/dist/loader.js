import init from 'GLUE';

// The later part fills the table of the first one. A failure is forgotten, so that it can be tried again.
let later;
globalThis.loadLaterScreens = () => {
  later ??= Promise.all([started, fetch('LATER_ADDRESS', { integrity: 'LATER_INTEGRITY' }).then((answer) => answer.arrayBuffer())])
    .then(([FIRST_NAME, bytes]) => WebAssembly.instantiate(bytes, { FIRST_NAME }));
  later.catch(() => { later = undefined; });
  return later;
};

const started = init({ module_or_path: fetch('FIRST_ADDRESS', { integrity: 'FIRST_INTEGRITY' }) });
const wasm = await started;
dispatchEvent(new CustomEvent('TrunkApplicationStarted', { detail: { wasm } }));
