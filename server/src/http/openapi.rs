//! The OpenAPI 3.1 document, generated from the handlers and the contract's types. Its routes are the
//! router's routes: a handler cannot be reached without being described.

use portal_contract::{BASE_PATH, Problem};
use std::collections::BTreeMap;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
    ServerBuilder,
};
use utoipa::{IntoResponses, ToSchema as _};

const SCHEME: &str = "accessToken";

fn problem(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(description);
    RefOr::T(response.content(portal_contract::headers::PROBLEM_JSON, content).build())
}

macro_rules! refusals {
    ($(#[$meta:meta])* $name:ident { $($status:literal => $description:literal,)+ }) => {
        $(#[$meta])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$(($status, $description)),+]
                    .into_iter()
                    .map(|(status, description)| (status.to_owned(), problem(description)))
                    .collect()
            }
        }
    };
}

refusals! {
    /// What every call with a token can be refused with.
    Refusals {
        "400" => "The request makes no sense",
        "401" => "No token, or not a valid one",
        "403" => "The token lacks the scope",
        "429" => "Too many tokens from this address were not accepted, or too many requests",
        "500" => "A defect of the server",
        "503" => "Something the server needs is down",
    }
}

refusals! {
    /// ... and a call on something that must be the person's own.
    OwnRefusals {
        "400" => "The request makes no sense",
        "401" => "No token, not a valid one, or a sign-in that is too old",
        "403" => "The token lacks the scope, or the action is not allowed",
        "404" => "It does not exist, or is another person's",
        "429" => "Too many tokens from this address were not accepted, or too many requests",
        "500" => "A defect of the server",
        "503" => "Something the server needs is down",
    }
}

refusals! {
    /// ... and starting an action.
    ActionRefusals {
        "408" => "The body did not arrive in time",
        "409" => "The action is under way on the device already",
        "412" => "The device has changed",
        "413" => "The body is too large",
        "422" => "The key was used for another request",
        "428" => "The key is missing",
    }
}

refusals! {
    /// ... and cancelling.
    CancelRefusals {
        "409" => "The action is not pending any more",
    }
}

/// The document's frame; the router adds the paths.
pub(super) fn frame(public_base_url: Option<&str>) -> OpenApi {
    let info = InfoBuilder::new()
        .title("Passcode portal")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Devices of the signed-in person, and what may be done with them."))
        .build();
    let mut document =
        OpenApiBuilder::new()
            .info(info)
            .security(Some([SecurityRequirement::new::<_, [&str; 0], _>(SCHEME, [])]));
    if let Some(url) = public_base_url {
        document = document.servers(Some([ServerBuilder::new().url(url.trim_end_matches('/')).build()]));
    }
    document.build()
}

/// Adds what the handlers do not mention themselves.
pub(super) fn complete(mut document: OpenApi) -> OpenApi {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.insert(Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema());
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
    tracing::debug!(paths = document.paths.paths.len(), base = BASE_PATH, "the API is described");
    document
}
