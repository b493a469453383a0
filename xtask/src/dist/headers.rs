//! The response headers of the page, written once and put into the files of the common static hosts.
//!
//! The policy knows no address of its own: `connect-src` is the only part that differs between organisations, so it is
//! a parameter (`--connect`), and in `headers.json` a placeholder that portal-server fills from its configuration.

use serde_json::json;

/// What portal-server replaces in the policy of `headers.json`.
pub(crate) const CONNECT_PLACEHOLDER: &str = "{connect}";

/// The addresses that serve the page itself (an answer with `index.html`): never stored, see `docs/adr`.
const PAGES: &[&str] = &[
    "/",
    "/index.html",
    "/404.html",
    "/devices",
    "/devices/*",
    "/notifications",
    "/help",
    "/signed-out",
    "/callback",
];

/// HTML answered from the back/forward or HTTP cache after sign-out would show the device list again.
const NO_STORE: &str = "no-store";
/// A hashed name never changes its contents.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// The one file that is edited in place.
const REVALIDATE: &str = "no-cache";

/// The headers that every answer carries, whatever it is.
const EVERYWHERE: &[(&str, &str)] = &[
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// Only for hosts that serve HTTPS; browsers ignore it elsewhere, but a local server need not send it.
const TRANSPORT: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

/// The content security policy. `connect` are the origins of the API and the provider, separated by spaces.
///
/// `'wasm-unsafe-eval'` lets WebAssembly compile and nothing else; no hash is needed, for no script is inline.
/// `'strict-dynamic'` is left out on purpose: with it WebAssembly fails on iOS.
pub(crate) fn policy(connect: &str, images: &str) -> String {
    let images = if images.is_empty() { String::new() } else { format!(" {images}") };
    let connect = if connect.is_empty() { String::new() } else { format!(" {connect}") };
    [
        "default-src 'none'".to_string(),
        "script-src 'self' 'wasm-unsafe-eval'".to_string(),
        "style-src 'self'".to_string(),
        format!("img-src 'self' data:{images}"),
        format!("connect-src 'self'{connect}"),
        "manifest-src 'self'".to_string(),
        "base-uri 'none'".to_string(),
        "form-action 'none'".to_string(),
        "frame-ancestors 'none'".to_string(),
        "require-trusted-types-for 'script'".to_string(),
        "trusted-types 'none'".to_string(),
    ]
    .join("; ")
}

/// The files for the hosts, as name and contents.
pub(crate) fn files(connect: &str, images: &str, hashed: &[String]) -> Vec<(&'static str, String)> {
    vec![
        ("headers.json", for_our_server(images, hashed)),
        ("_headers", for_netlify_and_cloudflare(connect, images)),
        // `200` answers the page itself: a deep link is no error.
        ("_redirects", "/* /index.html 200\n".to_string()),
        ("nginx-headers.conf", for_nginx(connect, images)),
        (".htaccess", for_apache(connect, images)),
    ]
}

fn for_our_server(images: &str, hashed: &[String]) -> String {
    let headers: serde_json::Map<String, serde_json::Value> =
        EVERYWHERE.iter().map(|(name, value)| ((*name).to_string(), json!(value))).collect();
    let value = json!({
        "contentSecurityPolicy": policy(CONNECT_PLACEHOLDER, images),
        "headers": headers,
        "immutable": hashed,
    });
    format!("{value:#}\n")
}

/// A host joins a header that two matching rules set, so `Cache-Control` stands in rules that never overlap.
fn for_netlify_and_cloudflare(connect: &str, images: &str) -> String {
    let mut text = String::from("/*\n");
    text.push_str(&format!("  Content-Security-Policy: {}\n", policy(connect, images)));
    for (name, value) in EVERYWHERE.iter().chain([&TRANSPORT]) {
        text.push_str(&format!("  {name}: {value}\n"));
    }
    for page in PAGES {
        text.push_str(&format!("{page}\n  Cache-Control: {NO_STORE}\n"));
    }
    text.push_str(&format!("/config.json\n  Cache-Control: {REVALIDATE}\n"));
    text.push_str(&format!("/assets/*\n  Cache-Control: {IMMUTABLE}\n"));
    text
}

/// `add_header` in a location replaces those outside it, so each location repeats them.
fn for_nginx(connect: &str, images: &str) -> String {
    let mut common =
        format!("    add_header Content-Security-Policy \"{}\" always;\n", policy(connect, images));
    for (name, value) in EVERYWHERE.iter().chain([&TRANSPORT]) {
        common.push_str(&format!("    add_header {name} \"{value}\" always;\n"));
    }
    let location = |path: &str, cache: &str, serve: &str| {
        format!(
            "location {path} {{\n{common}    add_header Cache-Control \"{cache}\" always;\n    {serve}\n}}\n"
        )
    };
    let mut text = String::from(
        "# Include this in the `server` block whose `root` is this directory. The .gz files need ngx_http_gzip_static,\n\
         # the .br files the brotli module (`brotli_static on;`).\n\
         gzip_static on;\n\
         types { text/html html; text/css css; text/javascript js; application/wasm wasm; application/json json;\n\
         \x20       image/svg+xml svg; image/png png; application/manifest+json webmanifest; }\n",
    );
    text.push_str(&location("/assets/", IMMUTABLE, "try_files $uri =404;"));
    text.push_str(&location("= /config.json", REVALIDATE, "try_files $uri =404;"));
    text.push_str(&location("/", NO_STORE, "try_files $uri /index.html;"));
    text
}

fn for_apache(connect: &str, images: &str) -> String {
    let mut text =
        String::from("# Needs mod_headers, mod_mime and mod_rewrite.\nAddType application/wasm .wasm\n");
    text.push_str(&format!("Header always set Content-Security-Policy \"{}\"\n", policy(connect, images)));
    for (name, value) in EVERYWHERE.iter().chain([&TRANSPORT]) {
        text.push_str(&format!("Header always set {name} \"{value}\"\n"));
    }
    text.push_str(&format!("Header always set Cache-Control \"{NO_STORE}\"\n"));
    text.push_str(&format!("<If \"%{{REQUEST_URI}} =~ m#^/assets/#\">\n  Header always set Cache-Control \"{IMMUTABLE}\"\n</If>\n"));
    text.push_str(&format!(
        "<Files \"config.json\">\n  Header always set Cache-Control \"{REVALIDATE}\"\n</Files>\n"
    ));
    text.push_str(
        "RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_URI} !^/assets/\nRewriteRule ^ /index.html [L]\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_wasm_and_our_own_files_and_nothing_inline() {
        let policy = policy("https://api.example", "");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"));
        assert!(policy.contains("connect-src 'self' https://api.example;"));
        assert!(policy.contains("require-trusted-types-for 'script'; trusted-types 'none'"));
        for forbidden in ["'unsafe-inline'", "'unsafe-eval'", "'strict-dynamic'", "*"] {
            assert!(!policy.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn our_server_gets_a_placeholder_for_the_addresses() {
        let text = for_our_server("", &["assets/a.js".to_string()]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(
            value["contentSecurityPolicy"]
                .as_str()
                .is_some_and(|text| text.contains("connect-src 'self' {connect};"))
        );
    }

    #[test]
    fn no_path_gets_two_rules_about_caching() {
        let text = for_netlify_and_cloudflare("https:", "");
        assert_eq!(text.matches("Cache-Control").count(), PAGES.len() + 2);
        let everywhere: String = text.lines().skip(1).take_while(|line| line.starts_with(' ')).collect();
        assert!(
            !everywhere.contains("Cache-Control"),
            "the rule for every path would be joined with the others"
        );
    }

    #[test]
    fn every_nginx_location_repeats_the_policy() {
        let text = for_nginx("https:", "");
        assert_eq!(text.matches("location ").count(), text.matches("Content-Security-Policy").count());
    }
}
