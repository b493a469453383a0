//! The configuration: one TOML file, every key of which the environment can override
//! (`PORTAL__SECTION__KEY`). It is checked as a whole at start; every mistake is named with its key and what
//! to do about it.

mod actions;
mod branding;
mod device_services;
mod environment;
mod graph;
mod keys;
mod private_file;
mod reader;
mod session;
mod settings;

pub use device_services::{DeviceServiceSettings, connector};
pub use reader::ConfigError;
pub use session::SessionSettings;
pub use settings::{PageSettings, Serving, Settings};
pub(crate) use settings::{base_path_of, origin_of};

use std::path::Path;
use toml::Table;

/// Reads the file and the environment.
///
/// # Errors
/// All mistakes at once.
pub fn load(file: Option<&Path>, environment: &[(String, String)]) -> Result<Settings, Vec<ConfigError>> {
    let text = match file {
        None => String::new(),
        Some(path) => read(path).map_err(|mistake| vec![mistake])?,
    };
    parse_named(&text, file, environment)
}

/// The same from the text of the file.
///
/// # Errors
/// All mistakes at once.
pub fn parse(text: &str, environment: &[(String, String)]) -> Result<Settings, Vec<ConfigError>> {
    parse_named(text, None, environment)
}

fn parse_named(
    text: &str,
    file: Option<&Path>,
    environment: &[(String, String)],
) -> Result<Settings, Vec<ConfigError>> {
    let name = file.unwrap_or(Path::new("the file"));
    let mut table: Table = text.parse().map_err(|error| vec![not_toml(&error, text, name)])?;
    let sources = keys::Sources::new(file, &table, environment);
    environment::apply(&mut table, environment);
    settings::from_table(table, &sources)
}

/// Where and why, and not what stands there: the error's own text shows the line, and a key may be in it.
fn not_toml(error: &toml::de::Error, text: &str, name: &Path) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = format!("line {line}, column {column}");
    ConfigError::new("--config", format!("{} is not TOML at {place}: {}", name.display(), error.message()))
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map_err(|error| ConfigError::new("--config", format!("{} cannot be read: {error}", path.display())))
}
