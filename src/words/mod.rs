//! What the page says, as values: pure functions from the state and the domain to small structs of
//! [`Text`](crate::i18n::Text). Here stands what several features say; what one feature says is in its `words`. Screens lay
//! out what they get and decide nothing; tests read it in every language.
//!
//! | to show | ask |
//! |---|---|
//! | a device's name, platform, moments, spans | [`device_name`], [`platform`], [`ago`], [`moment`], [`span`] |
//! | the name of an action, how one ended | [`action_name`], [`action_news`], [`action_state`], [`failure`] |
//! | the organisation's colour, a telephone number, a mail, an address of the web | [`BrandColour`], [`telephone_address`], [`mail_address`], [`web_address`] |
//! | the command "Reset passcode" or why it is not there | [`reset_availability`], [`refusal`] |
//! | an error of sign-in, API or configuration | [`sign_in_problem`], [`api_problem`], [`read_problem`], [`config_problem`] |
//! | the title of the document | [`title`] |
//! | what is spoken | [`announcement`] |
//!
//! A message box is a [`Notice`] everywhere: tone, heading, paragraphs, the reference for IT and the label of the one
//! button that goes on. No function takes a secret except those of the passcode's own words, whose results show nothing of
//! themselves or are plain strings on purpose (a `Text` has `Debug`).

mod action;
mod branding;
mod names;
mod page;
mod problems;

pub use action::*;
pub use branding::*;
pub use names::*;
pub use page::*;
pub use problems::*;
