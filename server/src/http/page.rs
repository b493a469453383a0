//! The page as static files: precompressed, with the headers that keep it safe.
//!
//! `index.html` is never stored (a stored one would come back from the back/forward cache after sign-out) and
//! answers every address of the page; hashed files never change and are stored for a year. Nothing outside the
//! folder is served, not even through a symbolic link.

use super::api_error::ApiError;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use portal_contract::addresses;
use std::io;
use std::path::{Component, Path, PathBuf};
use tower_http::services::ServeDir;

/// The policy if the build wrote none (idp.md). `{connect}` becomes the origins the page must reach.
const DEFAULT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self' {connect}; font-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// What every answer carries. What the build wrote goes before; what it left out stays.
const HEADERS: &[(&str, &str)] = &[
    ("referrer-policy", "no-referrer"),
    (
        "permissions-policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), payment=(), usb=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// `Strict-Transport-Security`, as the build tells it to other hosts.
const TRANSPORT: &str = "max-age=31536000";

/// Below this there are only files: a missing one is no address of the page.
const ASSETS: &str = "assets/";

/// The file the build writes beside the page (`xtask/src/dist/headers/mod.rs`):
/// `{ "contentSecurityPolicy": "...", "headers": { "name": "value" }, "hidden": ["file", "directory/"] }`.
const HEADERS_FILE: &str = "headers.json";
const CONFIG_FILE: &str = "config.json";
const INDEX_FILE: &str = "index.html";
/// In bytes; ours has a hundredth of it.
const LARGEST_DOCUMENT: usize = 8 * 1024 * 1024;
/// `Cache-Control` of what is never stored.
const NO_STORE: &str = "no-store";

/// The page's folder and what goes with it.
#[derive(Debug)]
pub struct PageSite {
    root: PathBuf,
    headers: HeaderMap,
    hidden: Vec<String>,
    config: Option<Vec<u8>>,
    files: ServeDir,
    /// Where it lies on its host: nothing at the top.
    base: String,
    /// The policy as the build wrote it, with a place for the origins.
    policy: String,
    /// The origins the page must reach.
    connect: Vec<String>,
}

impl PageSite {
    /// Opens the folder. `config` is served as `config.json` instead of a file of that name; `connect` are
    /// the origins the page must reach.
    ///
    /// # Errors
    /// What the file system says, or invalid data if `headers.json` cannot be understood.
    pub fn open(root: &Path, config: Option<Vec<u8>>, connect: &[String]) -> io::Result<Self> {
        let root = root.canonicalize()?;
        let invalid =
            |reason: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{HEADERS_FILE}: {reason}"));
        let written = match std::fs::read(root.join(HEADERS_FILE)) {
            Ok(bytes) => {
                Some(serde_json::from_slice::<serde_json::Value>(&bytes).map_err(|_| invalid("not JSON"))?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in HEADERS {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut policy = DEFAULT_POLICY;
        let mut hidden = vec![HEADERS_FILE.to_owned()];
        if let Some(written) = &written {
            let text = written.get("contentSecurityPolicy").and_then(serde_json::Value::as_str);
            policy = text.ok_or_else(|| invalid("no contentSecurityPolicy"))?;
            let more = written.get("headers").and_then(serde_json::Value::as_object);
            for (name, value) in more.into_iter().flatten() {
                let name = HeaderName::try_from(name).map_err(|_| invalid("not a header name"))?;
                let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
                headers.insert(name, value.ok_or_else(|| invalid("not a header value"))?);
            }
            let names = written.get("hidden").and_then(serde_json::Value::as_array);
            let names = names.into_iter().flatten().filter_map(serde_json::Value::as_str);
            hidden.extend(names.map(str::to_owned));
        }
        let own = reaching(policy, connect).ok_or_else(|| invalid("not a header value"))?;
        headers.insert(header::CONTENT_SECURITY_POLICY, own);
        let files = ServeDir::new(&root)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        let (policy, connect) = (policy.to_owned(), connect.to_vec());
        Ok(Self { root, headers, hidden, config, files, base: String::new(), policy, connect })
    }

    /// The same for a server that people reach over HTTPS: browsers are told to come by no other way.
    #[must_use]
    pub fn over_https(mut self) -> Self {
        self.headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT));
        self
    }

    /// The same under a path of its host, which begins with a slash and does not end with one: it is written into the document.
    #[must_use]
    pub fn under(mut self, base: String) -> Self {
        self.base = base;
        self
    }

    /// Answers a request for the page, which may reach `more` origins than its configuration says.
    pub(super) async fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        more: Vec<String>,
    ) -> Response {
        if method != Method::GET && method != Method::HEAD {
            let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
            return (allow, ApiError::method_not_allowed()).into_response();
        }
        let path = path.trim_start_matches('/');
        let mut response = match (path, &self.config) {
            (CONFIG_FILE, Some(config)) => {
                let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, NO_STORE)];
                (headers, config.clone()).into_response()
            }
            _ if self.is_hidden(path) => ApiError::not_found().into_response(),
            _ => self.file(method, path, headers).await,
        };
        self.protect(response.headers_mut());
        let more: Vec<String> = more.into_iter().filter(|one| !self.connect.contains(one)).collect();
        if !more.is_empty()
            && let Some(policy) = reaching(&self.policy, &[self.connect.clone(), more].concat())
        {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    async fn file(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response {
        let has_extension = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        // The identifier of a device may have a dot; reloading its address must not look for a file.
        let is_page = !path.starts_with(ASSETS) && (!has_extension || addresses::is_address(path));
        let name = if is_page { INDEX_FILE } else { path };
        if !self.base.is_empty() && name.ends_with(".html") {
            return self.document(name).await.unwrap_or_else(|| ApiError::not_found().into_response());
        }
        self.found(method, name, headers).await.unwrap_or_else(|| ApiError::not_found().into_response())
    }

    /// A document with the path in it. Its prepared encodings are those of the top of a host: the router compresses it.
    async fn document(&self, name: &str) -> Option<Response> {
        let found = self.found(&Method::GET, name, &HeaderMap::new()).await?;
        let (mut parts, body) = found.into_parts();
        let html = String::from_utf8(to_bytes(body, LARGEST_DOCUMENT).await.ok()?.into()).ok()?;
        parts.headers.remove(header::CONTENT_LENGTH);
        Some(Response::from_parts(parts, Body::from(addresses::document_under(&self.base, &html))))
    }

    /// The file in the best encoding the client takes; `None` if there is none within the folder.
    async fn found(&self, method: &Method, name: &str, headers: &HeaderMap) -> Option<Response> {
        // `ServeDir` follows symbolic links.
        let real = tokio::fs::canonicalize(self.root.join(safe(name)?)).await.ok()?;
        if !real.starts_with(&self.root) {
            return None;
        }
        let caching = caching(name);
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = Uri::try_from(format!("/{name}")).ok()?;
        for (name, value) in headers {
            // Nobody has stored what must not be stored: no conditions, no ranges.
            if caching != NO_STORE || name == header::ACCEPT_ENCODING {
                request.headers_mut().append(name, value.clone());
            }
        }
        let mut response = self.files.clone().try_call(request).await.ok()?.map(Body::new);
        if response.status() == StatusCode::NOT_FOUND {
            return None;
        }
        let headers = response.headers_mut();
        if let Some(text) = headers.get(header::CONTENT_TYPE).and_then(|media_type| media_type.to_str().ok())
            && text.starts_with("text/")
        {
            let media_type = HeaderValue::try_from(format!("{text}; charset=utf-8")).ok()?;
            headers.insert(header::CONTENT_TYPE, media_type);
        }
        if caching == NO_STORE {
            headers.remove(header::ETAG);
            headers.remove(header::LAST_MODIFIED);
            headers.remove(header::ACCEPT_RANGES);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        Some(response)
    }

    /// Whether the build says that this is for whoever serves the page, not for visitors.
    fn is_hidden(&self, path: &str) -> bool {
        self.hidden.iter().any(|name| path == name || (name.ends_with('/') && path.starts_with(name)))
    }

    fn protect(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
    }
}

/// The policy with the origins the page must reach.
fn reaching(policy: &str, connect: &[String]) -> Option<HeaderValue> {
    HeaderValue::from_str(&policy.replace("{connect}", &connect.join(" "))).ok()
}

/// A path of plain names, none hidden; `None` for everything that could lead elsewhere. Percent-encoding is
/// not decoded: the build writes no name that needs it.
fn safe(path: &str) -> Option<PathBuf> {
    let plain = |name: &str| {
        !name.starts_with('.')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let relative = Path::new(path);
    let ordinary = relative.components().all(|part| match part {
        Component::Normal(name) => name.to_str().is_some_and(plain),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => false,
    });
    ordinary.then(|| relative.to_path_buf())
}

fn caching(name: &str) -> &'static str {
    if name.ends_with(".html") || name == CONFIG_FILE {
        NO_STORE
    } else if is_hashed(name) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    }
}

/// Whether a name holds a hash of at least 8 hexadecimal digits after a hyphen, as the build writes it.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits >= 8 && part.get(digits..).is_some_and(|rest| rest.starts_with(['.', '_']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_lead_to_a_file() {
        for path in [
            "../secret.txt",
            "a/../b.js",
            "/etc/passwd.txt",
            ".env",
            "a/.git/config.x",
            "a%2e%2e.js",
            "a\\b.js",
        ] {
            assert_eq!(safe(path), None, "{path}");
        }
        assert_eq!(safe("assets/app-1a2b3c4d.js"), Some(PathBuf::from("assets/app-1a2b3c4d.js")));
    }

    #[test]
    fn only_hashed_files_are_stored_for_a_year() {
        assert!(is_hashed("passcode-portal-1a2b3c4d5e6f7a8b.js"));
        assert!(is_hashed("passcode-portal-1a2b3c4d5e6f7a8b_bg.wasm"));
        for name in ["passcode-portal.js", "index.html", "icon-512.png", "facade.js", "a-beef.js"] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
