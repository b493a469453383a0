//! Without a network: what is pressed is not sent, says so, and is not sent later either. A reset that goes off minutes
//! after the click, when the person has walked away, would surprise them.
//!
//! `navigator.onLine` only knows whether there is a network at all. An answer is better evidence than it, in both
//! directions.

use super::turn::Turn;
use super::{Announcement, ApiCall, Connectivity, Event, Fetch, FetchId};
use crate::domain::Action;
use crate::http::{HttpOutcome, NetworkFault};

/// Whether what the person did needs the network at once. The sign-in is not among it: it asks the provider first and
/// explains when that cannot be reached, and before it there is no better evidence than the browser's word.
#[allow(clippy::wildcard_enum_match_arm, reason = "everything else reads, or happens on this screen")]
const fn is_sent(event: &Event) -> bool {
    matches!(
        event,
        Event::SignOutForResetChosen
            | Event::ResetConfirmed
            | Event::ActionConfirmed(..)
            | Event::ActionChosen(_, Action::SyncDevice)
            | Event::NameSubmitted(..)
            | Event::PendingResetCancelChosen
            | Event::PasscodeShowChosen(_)
            | Event::RevealSignInChosen(_)
            | Event::ReportChosen
            | Event::SignOutEverywhereChosen
            | Event::HistoryDownloadChosen
            | Event::MoreHistoryChosen
    )
}

impl Turn {
    /// `true`: there is no network, and the person has been told that nothing was sent.
    pub(super) fn is_refused_offline(&mut self, event: &Event) -> bool {
        let is_refused = self.model.connectivity == Connectivity::Offline && is_sent(event);
        if is_refused {
            self.model.unsent = self.model.unsent.wrapping_add(1);
        }
        is_refused
    }

    /// An answer that came over the network proves it; so does the browser's word that there is none.
    pub(super) fn judge_connection(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        // These may come out of the browser's cache.
        let may_be_cached = match &id.what {
            Fetch::Config | Fetch::Discovery | Fetch::Keys | Fetch::Api(ApiCall::Branding) => true,
            Fetch::Tokens | Fetch::Session | Fetch::SignOut | Fetch::Api(_) => false,
        };
        if may_be_cached {
            return;
        }
        match outcome {
            Ok(_) => self.on_online(),
            Err(NetworkFault::Offline) => self.on_offline(),
            Err(NetworkFault::TimedOut | NetworkFault::Broken) => {}
        }
    }

    pub(super) fn on_online(&mut self) {
        if self.model.connectivity == Connectivity::Offline {
            self.model.connectivity = Connectivity::Online;
            self.model.unsent = 0;
            self.say(Announcement::WentOnline);
            self.refresh_route();
            self.make_up_for_sign_out();
            self.on_stream_online();
            if self.model.live.is_looking_needed() {
                self.on_poll_due();
            }
        }
    }

    pub(super) fn on_offline(&mut self) {
        if self.model.connectivity == Connectivity::Online {
            self.model.connectivity = Connectivity::Offline;
            self.say(Announcement::WentOffline);
            self.on_stream_offline();
        }
    }
}
