//! `portal-caddy.conf`, to be imported in a site block of a Caddyfile.

use super::{Answers, ENCODINGS, FOR_THE_HOST, FOR_THE_HOST_DIRECTORY, IMMUTABLE, MEDIA_TYPES, NO_STORE};

const HEAD: &str = "\
# Written by `cargo xtask dist`. Import it in the site block whose root is this directory:
#     portal.example {
#         root * /srv/portal
#         import /srv/portal/portal-caddy.conf
#     }
";

/// `route` keeps the order that is written; without it Caddy sorts directives by its own rules. A missing file is
/// answered with what was set before it was missed, so the headers of files are set only for files that are there.
/// Taking a header away makes a whole `header` block wait until the answer begins, where it would undo the others and
/// where errors never come: so that stands alone.
pub(super) fn fragment(answers: &Answers<'_>) -> String {
    let mut text = String::from(HEAD);
    // A name with a dot is a file or nothing; every other address is the page.
    text.push_str("@portal_page {\n\tpath_regexp ^/[^.]*$\n\tnot path /assets/*\n}\n");
    let hidden: Vec<String> = FOR_THE_HOST.iter().map(|name| format!("/{name}")).collect();
    text.push_str(&format!("@portal_hidden path {} /{FOR_THE_HOST_DIRECTORY}/*\n", hidden.join(" ")));
    text.push_str("@portal_asset {\n\tpath /assets/*\n\tfile\n}\n");
    for (ending, _) in MEDIA_TYPES {
        text.push_str(&format!("@portal_{ending} {{\n\tpath *.{ending}\n\tfile\n}}\n"));
    }
    text.push_str("route {\n\theader {\n");
    for (name, value) in answers.everywhere() {
        text.push_str(&format!("\t\t{name} \"{value}\"\n"));
    }
    text.push_str(&format!("\t\tCache-Control \"{NO_STORE}\"\n\t}}\n\theader -Server\n"));
    text.push_str("\terror @portal_hidden 404\n\trewrite @portal_page /index.html\n");
    text.push_str(&format!("\theader @portal_asset Cache-Control \"{IMMUTABLE}\"\n"));
    for (ending, media) in MEDIA_TYPES {
        text.push_str(&format!("\theader @portal_{ending} Content-Type \"{media}\"\n"));
    }
    // Set when the answer begins: the file server adds its own for encoded answers only.
    text.push_str("\theader {\n\t\tVary \"Accept-Encoding\"\n\t\tdefer\n\t}\n");
    let encodings: Vec<&str> = ENCODINGS.iter().map(|(_, name)| *name).collect();
    text.push_str(&format!("\tfile_server {{\n\t\tprecompressed {}\n\t}}\n}}\n", encodings.join(" ")));
    text
}
