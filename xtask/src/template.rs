//! Files that are made from a template beside the code (`*.j2`, minijinja).

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};

use crate::error::{Error, Result};

/// Fills a template: a tag takes its whole line, and a value that is not given is a mistake.
pub(crate) fn render(template: &str, values: &serde_json::Value) -> Result<String> {
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    let rendered = syntax.and_then(|syntax| {
        let mut environment = Environment::new();
        environment.set_syntax(syntax);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.render_str(template, Value::from(Serde(values)))
    });
    rendered.map_err(|error| Error::Build(format!("a template of xtask: {error:#}")))
}
