//! The page: rules on every target, the browser half on wasm32 only.
