import init from './portal.js';

await init({ module_or_path: fetch(new URL('./NAME', import.meta.url), { integrity: 'INTEGRITY' }) });
