//! `.htaccess` for Apache 2.4.

use super::{Answers, ENCODINGS, FOR_THE_HOST, FOR_THE_HOST_DIRECTORY, IMMUTABLE, MEDIA_TYPES, NO_STORE};

/// Nothing stands in `<IfModule>`: without mod_headers the page would be served without its policy, so it is not served.
const HEAD: &str = "\
# Written by `cargo xtask dist`. Needs mod_headers, mod_mime, mod_rewrite and mod_dir, and for this directory
#     AllowOverride FileInfo Indexes Options=Indexes,MultiViews
Options -Indexes -MultiViews
DirectoryIndex index.html
";

/// The compressed form is chosen by rewriting; mod_mime then reads both endings (`.js.br` is a script, encoded).
pub(super) fn access_file(answers: &Answers<'_>) -> String {
    let mut text = String::from(HEAD);
    for (ending, media) in MEDIA_TYPES {
        text.push_str(&format!("AddType \"{media}\" .{ending}\n"));
    }
    for (ending, encoding) in ENCODINGS {
        // Some systems know the ending as a type or a language, and then it would not be an encoding.
        text.push_str(&format!(
            "RemoveType .{ending}\nRemoveLanguage .{ending}\nAddEncoding {encoding} .{ending}\n"
        ));
    }
    for (name, value) in answers.everywhere() {
        text.push_str(&format!("Header always set {name} \"{value}\"\n"));
    }
    text.push_str("Header always set Vary \"Accept-Encoding\"\n");
    text.push_str(&format!("Header always set Cache-Control \"{NO_STORE}\"\n"));
    // A year of 404 would outlive the deployment it came from.
    text.push_str(&format!(
        "Header always set Cache-Control \"{IMMUTABLE}\" \
         \"expr=%{{REQUEST_URI}} =~ m#^/assets/# && %{{REQUEST_STATUS}} in {{ '200', '206', '304' }}\"\n"
    ));
    let hidden: Vec<String> = FOR_THE_HOST.iter().map(|name| name.replace('.', "\\.")).collect();
    text.push_str(&format!(
        "RewriteEngine On\n\
         RewriteRule ^(?:{})$ - [R=404,L]\n\
         RewriteRule ^{FOR_THE_HOST_DIRECTORY}/ - [R=404,L]\n\
         # A name with a dot is a file or nothing; every other address is the page.\n\
         RewriteRule ^(?!assets/)[^.]*$ index.html\n",
        hidden.join("|")
    ));
    for (ending, encoding) in ENCODINGS {
        text.push_str(&format!(
            "RewriteCond %{{HTTP:Accept-Encoding}} (?:^|,)\\s*{encoding}\\s*(?:,|$|;\\s*q=(?:1|0\\.\\d*[1-9]))\n\
             RewriteCond %{{REQUEST_FILENAME}}.{ending} -f\n\
             RewriteRule ^(.+)$ $1.{ending} [L]\n"
        ));
    }
    text
}
