//! Enumerations that may grow: a value this build does not know becomes `Other` instead of an error.
//!
//! Reading and writing are written out instead of derived: a derived reader weighs more than a kilobyte in the page for
//! each enumeration, this one shares everything but its table of names.

/// Declares a string enumeration with its wire names and a catch-all `Other` (wire name `other`).
/// A wire name is taken as a `tt`: as a `literal` it reaches utoipa's derive wrapped, and the published schema would
/// name the variants instead.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $wire:tt,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$variant_meta])* #[cfg_attr(feature = "openapi", schema(rename = $wire))] $variant,)+
            /// A value that did not exist when this was built.
            #[cfg_attr(feature = "openapi", schema(rename = "other"))]
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
                Self::KNOWN.iter().copied().find(|known| known.as_str() == text).unwrap_or(Self::Other)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::from_wire(&text))
            }
        }
    };
}
