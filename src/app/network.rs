//! Without a network: what is pressed is not sent, says so, and is not sent later either. A reset that goes off minutes
//! after the click, when the person has walked away, would surprise them.
//!
//! `navigator.onLine` only knows whether there is a network at all. An answer is better evidence than it, in both
//! directions.

use super::Event;
use crate::core::{Announcement, ApiCall, Connectivity, Context, Fetch, FetchId};
use crate::domain::Action;
use crate::features::{Features, actions, history, passcode, sign_in};
use crate::http::{HttpOutcome, NetworkFault};

/// Whether what the person did needs the network at once. The sign-in is not among it: it asks the provider first and
/// explains when that cannot be reached, and before it there is no better evidence than the browser's word.
#[allow(clippy::wildcard_enum_match_arm, reason = "everything else reads, or happens on this screen")]
const fn is_sent(event: &Event) -> bool {
    matches!(
        event,
        Event::Actions(actions::Event::SignOutForResetChosen)
            | Event::Actions(actions::Event::ResetConfirmed)
            | Event::Actions(actions::Event::SignInChosen(..))
            | Event::Actions(actions::Event::Confirmed(..))
            | Event::Actions(actions::Event::Chosen(_, Action::SyncDevice))
            | Event::Actions(actions::Event::NameSubmitted(..))
            | Event::Actions(actions::Event::CategorySubmitted(..))
            | Event::Actions(actions::Event::RunCancelChosen)
            | Event::Passcode(passcode::Event::ShowChosen(_))
            | Event::SignIn(sign_in::Event::RevealSignInChosen(_))
            | Event::History(history::Event::ReportChosen)
            | Event::History(history::Event::SignOutEverywhereChosen)
            | Event::History(history::Event::DownloadChosen)
            | Event::History(history::Event::MoreChosen)
    )
}

/// `true`: there is no network, and the person has been told that nothing was sent.
pub(super) fn is_refused_offline(event: &Event, context: &mut Context) -> bool {
    let is_refused = context.page.connectivity == Connectivity::Offline && is_sent(event);
    if is_refused {
        context.page.unsent = context.page.unsent.wrapping_add(1);
    }
    is_refused
}

impl Features {
    /// An answer that came over the network proves it; so does the browser's word that there is none.
    pub(crate) fn judge_connection(&mut self, id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
        // These may come out of the browser's cache.
        let may_be_cached = match &id.what {
            Fetch::Config | Fetch::Discovery | Fetch::Keys | Fetch::Api(ApiCall::Branding) => true,
            Fetch::Tokens | Fetch::Session | Fetch::SignOut | Fetch::Api(_) => false,
        };
        if may_be_cached {
            return;
        }
        match outcome {
            Ok(_) => self.on_online(context),
            Err(NetworkFault::Offline) => self.on_offline(context),
            Err(NetworkFault::TimedOut | NetworkFault::Broken) => {}
        }
    }

    pub(crate) fn on_online(&mut self, context: &mut Context) {
        if context.page.connectivity == Connectivity::Offline {
            context.page.connectivity = Connectivity::Online;
            context.page.unsent = 0;
            context.say(Announcement::WentOnline);
            self.refresh_route(context);
            self.make_up_for_sign_out(context);
            self.on_stream_online(context);
            if self.live.is_polling_needed() {
                self.on_poll_due(context);
            }
        }
    }

    pub(crate) fn on_offline(&mut self, context: &mut Context) {
        if context.page.connectivity == Connectivity::Online {
            context.page.connectivity = Connectivity::Offline;
            context.say(Announcement::WentOffline);
            self.on_stream_offline(context);
        }
    }
}
