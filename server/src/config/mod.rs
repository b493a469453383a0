//! The configuration: one TOML file, every key of which the environment can override
//! (`PORTAL__SECTION__KEY`). It is checked as a whole at start; every mistake is named with its key and what
//! to do about it.

mod environment;
mod reader;
mod session;
mod settings;

pub use reader::Mistake;
pub use session::SessionSettings;
pub use settings::{PageSettings, Settings};

use std::path::Path;
use toml::Table;

/// Reads the file and the environment.
///
/// # Errors
/// All mistakes at once.
pub fn load(file: Option<&Path>, environment: &[(String, String)]) -> Result<Settings, Vec<Mistake>> {
    let mut table = match file {
        None => Table::new(),
        Some(path) => read(path).map_err(|mistake| vec![mistake])?,
    };
    environment::apply(&mut table, environment);
    settings::from_table(table)
}

fn read(path: &Path) -> Result<Table, Mistake> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Mistake::new("--config", format!("{name} cannot be read: {error}")))?;
    text.parse().map_err(|error| Mistake::new("--config", format!("{name} is not TOML: {error}")))
}
