//! How to reach the organisation's IT: the same component on every page (in the footer) and in every error, so that it
//! is always at the same place (WCAG 3.2.6). What the organisation has not configured is left out.

use super::live;
use crate::components::{Icon, View, el, icon};
use crate::i18n::{Text, t};
use crate::shell::{Selected, use_tr};
use crate::words::{telephone_address, web_address};
use portal_contract::Branding;
use std::sync::Arc;

/// How the ways are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Beside each other, as room allows.
    Row,
    /// Below each other.
    Column,
}

/// The ways to reach IT as a list; a sentence when none is configured.
pub fn contact_ways(branding: Selected<Arc<Branding>>, flow: Flow) -> View {
    contact_ways_with(branding, flow, |address| ["mailto:", address].concat())
}

/// The same; `mail` makes the address of the mail out of IT's.
pub(crate) fn contact_ways_with(
    branding: Selected<Arc<Branding>>,
    flow: Flow,
    mail: impl Fn(&str) -> String + 'static,
) -> View {
    let class = match flow {
        Flow::Row => "contact-ways",
        Flow::Column => "contact-ways column",
    };
    live(move || {
        let ways = branding.with(|branding| ways_of(branding, &mail));
        if ways.is_empty() {
            return el("p").words(t::support_none());
        }
        el("ul").class(class).children(ways.into_iter().map(way_item))
    })
}

/// One way: the icon, the words and the address it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    symbol: Icon,
    words: String,
    href: Option<String>,
}

fn ways_of(branding: &Branding, mail_to: &dyn Fn(&str) -> String) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut add = |symbol, words: &str, href: Option<String>| {
        if !words.trim().is_empty() {
            ways.push(Way { symbol, words: words.trim().to_owned(), href });
        }
    };
    add(Icon::Person, &branding.contact_it_name, None);
    add(Icon::Call, &branding.contact_it_phone_number, telephone_address(&branding.contact_it_phone_number));
    let mail = &branding.contact_it_email_address;
    add(Icon::Mail, mail, Some(mail_to(mail.trim())));
    if let Some(site) = web_address(&branding.online_support_site_url) {
        let name = branding.online_support_site_name.trim();
        add(Icon::Link, if name.is_empty() { &site } else { name }, Some(site.clone()));
    }
    ways
}

fn way_item(way: Way) -> View {
    let words = el("span").words(Text::verbatim(&way.words));
    let item = match way.href {
        Some(href) => el("a").attr("href", href).child(icon(way.symbol)).child(words),
        None => words,
    };
    el("li").child(item).into()
}

/// What the organisation adds to the ways, in its own words.
pub fn contact_notes(branding: Selected<Arc<Branding>>) -> View {
    let tr = use_tr();
    let notes = move || branding.with(|branding| tr.text(&Text::verbatim(&branding.contact_it_notes)));
    el("p").class("foot-notes").live_text(notes).into()
}

/// A card with the ways and the organisation's notes, for the help page and errors.
pub fn contact_card(heading: Text, branding: Selected<Arc<Branding>>) -> View {
    el("section")
        .class("card")
        .attr("aria-labelledby", "contact-heading")
        .child(el("h2").attr("id", "contact-heading").words(heading))
        .child(contact_ways(branding, Flow::Column))
        .child(contact_notes(branding))
        .into()
}
