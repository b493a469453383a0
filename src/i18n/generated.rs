//! What `build.rs` made of `locales/*.toml`: the languages, the keys and the constructors.

include!(concat!(env!("OUT_DIR"), "/messages.rs"));
