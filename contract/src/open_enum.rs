//! Enumerations that may grow: a value this build does not know becomes `Other` instead of an error.

/// Declares a string enumeration with its wire names and a catch-all `Other` (wire name `other`).
/// A wire name is taken as a `tt`: as a `literal` it reaches utoipa's derive wrapped, and the published schema would
/// name the variants instead.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $wire:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $wire)] $variant,)+
            /// A value that did not exist when this was built.
            #[serde(rename = "other", other)]
            Other,
        }

        impl $name {
            /// Every value this build knows, without `Other`.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other => "other",
                }
            }

            /// Reads a wire name; anything unknown is `Other`.
            #[must_use]
            pub fn from_wire(text: &str) -> Self {
                match text {
                    $($wire => Self::$variant,)+
                    _ => Self::Other,
                }
            }
        }
    };
}
