//! `portal-nginx.conf`, to be included in a `server` block.

use super::{Answers, FOR_THE_HOST, FOR_THE_HOST_DIRECTORY, IMMUTABLE, MEDIA_TYPES, NO_STORE};

const HEAD: &str = "\
# Written by `cargo xtask dist`. Include it in the `server` block whose `root` is this directory:
#     root /srv/portal;
#     include /srv/portal/portal-nginx.conf;
#     brotli_static on;   # only with the brotli module (Debian: libnginx-mod-http-brotli-static)
# An `add_header` of your own in that block, or in a location of it, replaces those below: put it here instead.
server_tokens off;
gzip_static on;
gzip_vary on;
default_type application/octet-stream;
";

/// `add_header` of a level is lost as soon as a deeper one has its own, so there is one level, and what may be stored is
/// a variable. A missing file is `no-store` too: a year of 404 would outlive the deployment it came from.
pub(super) fn fragment(answers: &Answers<'_>) -> String {
    let mut text = String::from(HEAD);
    text.push_str("types {\n");
    for (ending, media) in MEDIA_TYPES {
        text.push_str(&format!("    \"{media}\" {ending};\n"));
    }
    text.push_str("}\n");
    for (name, value) in answers.everywhere() {
        text.push_str(&format!("add_header {name} \"{value}\" always;\n"));
    }
    let hidden: Vec<String> = FOR_THE_HOST.iter().map(|name| name.replace('.', "\\.")).collect();
    text.push_str(&format!(
        "set $portal_cache \"{NO_STORE}\";
add_header Cache-Control $portal_cache always;
error_page 404 @portal_missing;
location @portal_missing {{
    set $portal_cache \"{NO_STORE}\";
    return 404;
}}
location ^~ /assets/ {{
    set $portal_cache \"{IMMUTABLE}\";
    try_files $uri =404;
}}
location ^~ /{FOR_THE_HOST_DIRECTORY}/ {{ return 404; }}
location ~ ^/(?:{})$ {{ return 404; }}
# A name with a dot is a file or nothing; every other address is the page.
location ~ \\.[^/]*$ {{ try_files $uri =404; }}
location / {{ try_files $uri /index.html; }}
",
        hidden.join("|")
    ));
    text
}
