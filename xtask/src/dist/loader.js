import init from 'GLUE';

// What the later screens look like. Nothing of them shows without it: it also says what is not printed.
const style = () => new Promise((loaded, refused) => {
  const link = document.createElement('link');
  const failed = () => { link.remove(); refused(new Error('style')); };
  Object.assign(link, { rel: 'stylesheet', href: 'STYLE_ADDRESS', integrity: 'STYLE_INTEGRITY', crossOrigin: '', onload: loaded, onerror: failed });
  document.head.append(link);
});

// The later part fills the table of the first one. A failure is forgotten, so that it can be tried again.
let later;
globalThis.loadLaterScreens = () => {
  later ??= Promise.all([started, fetch('LATER_ADDRESS', { integrity: 'LATER_INTEGRITY' }).then((answer) => answer.arrayBuffer()), style()])
    .then(([FIRST_NAME, bytes]) => WebAssembly.instantiate(bytes, { FIRST_NAME }));
  later.catch(() => { later = undefined; });
  return later;
};

const started = init({ module_or_path: fetch('FIRST_ADDRESS', { integrity: 'FIRST_INTEGRITY' }) });
const wasm = await started;
dispatchEvent(new CustomEvent('TrunkApplicationStarted', { detail: { wasm } }));
