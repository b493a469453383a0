//! What each screen says, as values: pure functions from the state and the domain to small structs of
//! [`Text`](crate::i18n::Text). Pages lay out what they get and decide nothing; tests read it in every language.
//!
//! | to show | ask |
//! |---|---|
//! | a device's name, platform, moments, spans | [`device_name`], [`platform`], [`ago`], [`moment`], [`span`] |
//! | a row of the list | [`device_row`] |
//! | the facts of a device | [`facts`] |
//! | the state of an action in a word | [`action_state`] |
//! | what happened so far (audit), also as CSV | [`history_entry`], [`history_csv`] |
//! | the command "Reset passcode" or why it is not there | [`reset_availability`], [`refusal`] |
//! | A, as dialog or page | [`explain`] |
//! | the catalogue of actions: names, refusals, how far one is | [`action_name`], [`action_hint`], [`action_refusal`], [`action_status`] |
//! | B | [`confirm`] |
//! | whether it will reach the device, before and during | [`reach`], [`takes_long`] |
//! | waiting | [`pending`] |
//! | the result and what to do on the device | [`done`] |
//! | the steps on the device | [`on_device`] |
//! | every other end or interruption of a reset | [`reset_notice`] |
//! | the temporary passcode | [`passcode_groups`], [`characters`] |
//! | the passcode as a QR code | [`qr_drawing`] |
//! | the passcode spelled, the legend of its characters | [`spell`], [`class_name`] |
//! | "I can't type this" | [`keypad_help`] |
//! | a notification, the flag | [`notification`], [`flag_label`] |
//! | an error of sign-in, API or configuration | [`sign_in_problem`], [`api_problem`], [`read_problem`], [`config_problem`] |
//! | the sign-out of a borrowed screen nobody touches | [`idle_rule`], [`idle_warning`] |
//! | the title of the document | [`title`] |
//! | what is spoken | [`announcement`] |
//!
//! A message box is a [`Notice`] everywhere: tone, heading, paragraphs, the reference for IT and the label of the one
//! button that goes on. No function takes a secret except [`passcode_groups`], which returns plain strings on purpose (a
//! `Text` has `Debug`),, and [`spell`] and [`qr_drawing`], whose results show nothing of themselves.

mod action_news;
mod action_state;
mod action_words;
mod announcement;
mod branding;
mod confirm;
mod device_row;
mod done;
mod explain;
mod facts;
mod history_entry;
mod idle;
mod keypad_help;
mod lock_refusal;
mod moments;
mod names;
mod notice;
mod notification;
mod on_device;
mod outcome;
mod passcode;
mod pending;
mod problems;
mod qr_code;
mod reach;
mod refusal;
mod reset_notice;
mod spelling;
mod title;

pub use action_news::{action_name, action_news};
pub use action_state::action_state;
pub use action_words::{ActionStatus, action_hint, action_refusal, action_status, which_device};
pub use announcement::announcement;
pub use branding::{BrandColour, telephone_address, web_address};
pub use confirm::{ConfirmView, confirm};
pub use device_row::{DeviceRow, Status, device_row, status};
pub use done::{DoneView, done};
pub use explain::{DisclosureView, ExplainView, explain};
pub use facts::{Fact, facts};
pub use history_entry::{HistoryEntryView, history_csv, history_entry};
pub use idle::{idle_rule, idle_warning};
pub use keypad_help::{KeypadHelp, keypad_help};
pub use moments::{ago, last_check_in, moment, span};
pub use names::{device_name, own_device_name, platform};
pub use notice::{Notice, Tone};
pub use notification::{NotificationView, flag_label, notification};
pub use on_device::on_device;
pub use outcome::{outcome_preview, outcome_without_passcode};
pub use passcode::{characters, passcode_groups};
pub use pending::{PendingStep, PendingView, StepState, pending};
pub use problems::{api_problem, config_problem, list_problem, read_problem, sign_in_problem};
pub use qr_code::{QrDrawing, qr_drawing};
pub use reach::{ReachView, TakesLongView, reach, takes_long};
pub use refusal::{RefusalView, ResetCommand, not_offered, refusal, reset_availability};
pub use reset_notice::{failure, reset_notice};
pub use spelling::{SpelledCharacter, SpelledPasscode, class_name, spell};
pub use title::title;
