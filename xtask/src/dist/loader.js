import init from './portal.js';

await init({ module_or_path: fetch('ADDRESS', { integrity: 'INTEGRITY' }) });
