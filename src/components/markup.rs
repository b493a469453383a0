//! What components are made of: elements, words, live parts. A thin layer over the DOM, driven by Leptos' signals.
//!
//! Leptos' own `view!` makes a type of its own for every piece of markup and compiles its building, rebuilding and removal
//! for each: this page weighed 256 KB that way (brotli). Here there is one type, so markup costs about as much as the
//! strings in it. What changes is a closure that reads signals ([`live`], [`Element::attr_live`]); Leptos runs it again and
//! disposes of everything that was made inside it. A live part is replaced as a whole, so it should be as small as what
//! changes, and read selections ([`crate::shell::select`]). Measured reasons: docs/adr/0011-own-markup-layer.md.
//!
//! # For Leptos developers
//!
//! Signals, effects, contexts and owners are Leptos' own; only `view!` is not used. A component is a function that returns a
//! [`View`], called and not rendered by a macro. State is not retained in components: they select from the one model and dispatch
//! events (`crate::app::Event`).
//!
//! | in Leptos | here |
//! |---|---|
//! | `view! { <p class="lede">{text}</p> }` | `el("p").class("lede").words(text)` |
//! | `<a href=path>..</a>` | `el("a").attr("href", path).child(..)` |
//! | `{move \|\| ..}`, `<Show when=..>`, `<For ..>` | [`live`] or [`Element::live`]: made anew as a whole |
//! | `attr:hidden=move \|\| ..`, `prop:value=..` | [`Element::attr_live`], [`Element::prop_live`] |
//! | `on:click=..` | [`Element::on_press`], [`Element::on`]; for a field [`Element::on_input`] |
//! | `NodeRef` with an effect | [`Element::on_mount`] |
//! | `on_cleanup` | [`Element::on_cleanup`] |
//! | `Effect::new` | [`effect`] |
//! | a fragment `<>..</>` | [`group`] |
//! | `Memo::new` of a part of the state | [`crate::shell::select`] |
//! | `use_context` | [`crate::shell::use_model`], [`crate::shell::use_dispatch`], [`crate::shell::use_tr`] |
//! | `mount_to` | [`attach`] |

use super::focus_heading;
use crate::browser::location;
use crate::browser::paint::after_next_paint;
use crate::i18n::Text;
use crate::shell::use_tr;
use leptos::prelude::{RenderEffect, StoredValue, document, event_target_value, queue_microtask};
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::Node;

/// A piece of markup, not in the document yet.
pub struct View(Kind);

enum Kind {
    Element(Element),
    Text(String),
    Words(Box<dyn Fn() -> String>),
    Live(Box<dyn Fn() -> View>),
    Effect(Box<dyn FnMut()>),
    Group(Vec<View>),
}

/// An element and what is in it.
pub struct Element {
    tag: &'static str,
    settings: Vec<Setting>,
    children: Vec<View>,
}

enum Setting {
    Attribute(&'static str, Cow<'static, str>),
    LiveAttribute(&'static str, Box<dyn Fn() -> Option<String>>),
    LiveProperty(&'static str, Box<dyn Fn() -> String>),
    Listener(&'static str, Box<dyn Fn(web_sys::Event)>),
    Mounted(Box<dyn FnOnce(web_sys::HtmlElement)>),
    Removed(Box<dyn FnOnce()>),
}

/// What has to live as long as the nodes do: effects and listeners. Dropping it ends them.
#[derive(Default)]
struct Retained(Vec<Box<dyn std::any::Any>>);

impl Retained {
    fn retain<T: 'static>(&mut self, thing: T) {
        self.0.push(Box::new(thing));
    }
}

/// Runs `run` now and whenever what it read has changed. One type of effect for everything: each costs code of its own.
fn follow(run: Box<dyn FnMut(Option<Retained>) -> Retained>) -> RenderEffect<Retained> {
    RenderEffect::new(run)
}

/// The same for what keeps nothing.
fn repeat(mut run: Box<dyn FnMut()>) -> RenderEffect<Retained> {
    follow(Box::new(move |_| {
        run();
        Retained::default()
    }))
}

/// What is done when its element goes.
struct OnCleanup(Option<Box<dyn FnOnce()>>);

impl Drop for OnCleanup {
    fn drop(&mut self) {
        if let Some(react) = self.0.take() {
            react();
        }
    }
}

/// A listener that goes with its element: a browser may hold a removed node for a while and still send it events.
struct Listener {
    element: web_sys::Element,
    name: &'static str,
    react: Closure<dyn Fn(web_sys::Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let react = self.react.as_ref().unchecked_ref();
        let _removed = self.element.remove_event_listener_with_callback(self.name, react);
    }
}

/// An element.
#[must_use]
pub const fn el(tag: &'static str) -> Element {
    Element { tag, settings: Vec::new(), children: Vec::new() }
}

/// A text in the current language; it follows a change of the language.
#[must_use]
#[inline(never)]
pub fn words(text: Text) -> View {
    View(Kind::Words(Box::new(use_tr().say(text))))
}

/// A part that is made anew whenever what `make` reads changes.
pub fn live<P: Into<View>>(make: impl Fn() -> P + 'static) -> View {
    View(Kind::Live(Box::new(move || make().into())))
}

/// Words that are made anew whenever what `make` reads changes.
pub fn live_text(make: impl Fn() -> String + 'static) -> View {
    View(Kind::Words(Box::new(make)))
}

/// Something outside the markup that is done now and again whenever what it reads changes. Nothing in the document.
pub fn effect(run: impl FnMut() + 'static) -> View {
    View(Kind::Effect(Box::new(run)))
}

/// Several parts, one after the other.
#[must_use]
pub fn group<const N: usize>(parts: [View; N]) -> View {
    View(Kind::Group(parts.into()))
}

/// No part.
#[must_use]
pub const fn nothing() -> View {
    View(Kind::Group(Vec::new()))
}

impl From<Element> for View {
    fn from(element: Element) -> Self {
        Self(Kind::Element(element))
    }
}

impl From<Vec<Self>> for View {
    fn from(parts: Vec<Self>) -> Self {
        Self(Kind::Group(parts))
    }
}

impl<P: Into<Self>> From<Option<P>> for View {
    fn from(part: Option<P>) -> Self {
        part.map_or_else(nothing, Into::into)
    }
}

impl FromIterator<Self> for View {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        let mut group = Vec::new();
        for part in parts {
            push(&mut group, part);
        }
        Self(Kind::Group(group))
    }
}

/// Not inlined: one copy for all kinds of lists.
#[inline(never)]
fn push(parts: &mut Vec<View>, part: View) {
    parts.push(part);
}

impl Element {
    #[inline(never)]
    fn set(mut self, setting: Setting) -> Self {
        self.settings.push(setting);
        self
    }

    /// The classes.
    #[inline(never)]
    pub fn class(self, classes: &'static str) -> Self {
        self.set(Setting::Attribute("class", Cow::Borrowed(classes)))
    }

    /// An attribute. A path in `href` is one of the portal, wherever that lies on its host.
    pub fn attr(self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attribute(name, value.into())
    }

    /// Not inlined: one copy for all kinds of texts.
    #[inline(never)]
    fn attribute(self, name: &'static str, value: Cow<'static, str>) -> Self {
        let value = if name == "href" { location::on_host(&value).into() } else { value };
        self.set(Setting::Attribute(name, value))
    }

    /// An attribute that follows what `make` reads; `None` takes it away.
    pub fn attr_live(self, name: &'static str, make: impl Fn() -> Option<String> + 'static) -> Self {
        self.set(Setting::LiveAttribute(name, Box::new(make)))
    }

    /// An attribute with words in the current language.
    #[inline(never)]
    pub fn attr_words(self, name: &'static str, text: Text) -> Self {
        let say = use_tr().say(text);
        self.attr_live(name, move || Some(say()))
    }

    /// A property of the DOM object (the value of a field, for instance) that follows what `make` reads.
    pub fn prop_live(self, name: &'static str, make: impl Fn() -> String + 'static) -> Self {
        self.set(Setting::LiveProperty(name, Box::new(make)))
    }

    /// Calls `react` on each event of this name.
    pub fn on(self, name: &'static str, react: impl Fn(web_sys::Event) + 'static) -> Self {
        self.set(Setting::Listener(name, Box::new(react)))
    }

    /// Calls `react` when it is pressed (mouse, keyboard, assistive technology).
    pub fn on_press(self, react: impl Fn() + 'static) -> Self {
        self.on("click", move |_| react())
    }

    /// Calls `react` with what stands in the field after a person has changed it and the browser has painted that: a key is
    /// seen before what follows from it. Of several changes before one paint the last counts.
    pub fn on_input(self, react: impl Fn(String) + 'static) -> Self {
        let (react, is_awaited) = (Rc::new(react), Rc::new(Cell::new(false)));
        self.on("input", move |event| {
            if !is_awaited.replace(true) {
                let (react, is_awaited) = (Rc::clone(&react), Rc::clone(&is_awaited));
                after_next_paint(move || {
                    is_awaited.set(false);
                    react(event_target_value(&event));
                });
            }
        })
    }

    /// Calls `react` once, as soon as the element stands in the document.
    pub fn on_mount(self, react: impl FnOnce(web_sys::HtmlElement) + 'static) -> Self {
        self.set(Setting::Mounted(Box::new(react)))
    }

    /// Calls `react` once, when the element goes.
    pub fn on_cleanup(self, react: impl FnOnce() + 'static) -> Self {
        self.set(Setting::Removed(Box::new(react)))
    }

    /// Something inside.
    pub fn child(self, part: impl Into<View>) -> Self {
        self.with(part.into())
    }

    #[inline(never)]
    fn with(mut self, part: View) -> Self {
        self.children.push(part);
        self
    }

    /// Several things inside.
    pub fn children(mut self, parts: impl IntoIterator<Item = View>) -> Self {
        for part in parts {
            push(&mut self.children, part);
        }
        self
    }

    /// Words inside, in the current language. Where they name something of the world outside, a device above all, browsers
    /// leave them untranslated: two names must not become one. Sentences are translated whole.
    #[inline(never)]
    pub fn words(self, text: Text) -> Self {
        let is_sentence = matches!(self.tag, "p" | "li") && !text.is_verbatim();
        let element = if !is_sentence && text.has_names() { self.untranslated() } else { self };
        element.child(words(text))
    }

    /// Browsers leave it as it is when they translate the page: names, codes.
    #[inline(never)]
    pub fn untranslated(self) -> Self {
        self.attr("translate", "no")
    }

    /// A text inside that is the same in every language: names, numbers. Always text, never HTML.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.child(View(Kind::Text(text.into())))
    }

    /// A live part inside; see [`live`].
    pub fn live<P: Into<View>>(self, make: impl Fn() -> P + 'static) -> Self {
        self.child(live(make))
    }

    /// Live words inside; see [`live_text`].
    pub fn live_text(self, make: impl Fn() -> String + 'static) -> Self {
        self.child(live_text(make))
    }
}

/// Puts a part into the document, at the end of `parent`, for as long as the current reactive owner lives.
pub fn attach(part: View, parent: &Node) {
    let mut retained = Retained::default();
    part.build(parent, &mut retained);
    let _owned = StoredValue::new_local(retained);
}

impl View {
    fn build(self, parent: &Node, retained: &mut Retained) {
        match self.0 {
            Kind::Element(element) => element.build(parent, retained),
            Kind::Text(text) => append(parent, &document().create_text_node(&text)),
            Kind::Words(make) => {
                let place: Node = document().create_text_node("").into();
                let node = document().create_text_node("");
                append(parent, &place);
                append(parent, &node);
                retained.retain(repeat(Box::new(move || write(&place, &node, &make()))));
            }
            Kind::Live(make) => build_live(make, parent, retained),
            Kind::Effect(run) => retained.retain(repeat(run)),
            Kind::Group(parts) => {
                for part in parts {
                    part.build(parent, retained);
                }
            }
        }
    }
}

/// Writes words into their node, behind the empty one that marks the place. A browser that translates the page puts elements of
/// its own (`font`) in the place of text nodes, or around them; words in a node that stands nowhere would be seen and heard by nobody.
fn write(place: &Node, node: &web_sys::Text, words: &str) {
    if node.data() == words {
        return;
    }
    node.set_data(words);
    let Some(parent) = place.parent_node() else { return };
    let next = place.next_sibling();
    if next.as_ref().is_some_and(|next| next.is_same_node(Some(node))) {
        return;
    }
    let foreign = next.filter(|next| next.node_name() == "FONT");
    let _removed = foreign.map(|foreign| parent.remove_child(&foreign));
    let _inserted = parent.insert_before(node, place.next_sibling().as_ref());
}

/// A live part stands between two empty text nodes; what is between them is replaced.
fn build_live(make: Box<dyn Fn() -> View>, parent: &Node, retained: &mut Retained) {
    let start: Node = document().create_text_node("").into();
    let end: Node = document().create_text_node("").into();
    append(parent, &start);
    append(parent, &end);
    retained.retain(follow(Box::new(move |before| {
        let part = make();
        drop(before);
        let Some(parent) = end.parent_node() else { return Retained::default() };
        let focused = document().active_element();
        let mut had_focus = false;
        while let Some(old) = start.next_sibling().filter(|node| *node != end) {
            had_focus |= focused.as_ref().is_some_and(|focused| old.contains(Some(focused)));
            if parent.remove_child(&old).is_err() {
                break;
            }
        }
        let fresh: Node = document().create_document_fragment().into();
        let mut retained = Retained::default();
        part.build(&fresh, &mut retained);
        let _inserted = parent.insert_before(&fresh, Some(&end));
        if had_focus {
            // Whatever took its place may take it; otherwise reading goes on from the heading, never from nowhere.
            focus_heading(true);
        }
        retained
    })));
}

impl Element {
    fn build(self, parent: &Node, retained: &mut Retained) {
        let Some(element) = create(self.tag) else { return };
        for setting in self.settings {
            apply(setting, &element, retained);
        }
        for part in self.children {
            part.build(&element, retained);
        }
        append(parent, &element);
    }
}

fn create(tag: &str) -> Option<web_sys::Element> {
    match tag {
        "svg" | "use" | "rect" | "path" => {
            document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag).ok()
        }
        _ => document().create_element(tag).ok(),
    }
}

fn apply(setting: Setting, element: &web_sys::Element, retained: &mut Retained) {
    match setting {
        Setting::Attribute(name, value) => set_attribute(element, name, Some(&value)),
        Setting::LiveAttribute(name, make) => {
            let element = element.clone();
            retained.retain(repeat(Box::new(move || set_attribute(&element, name, make().as_deref()))));
        }
        Setting::LiveProperty(name, make) => {
            let element = element.clone();
            retained.retain(repeat(Box::new(move || {
                let _set = js_sys::Reflect::set(&element, &name.into(), &JsValue::from(make()));
            })));
        }
        Setting::Listener(name, react) => {
            let react = Closure::<dyn Fn(web_sys::Event)>::new(react);
            let _added = element.add_event_listener_with_callback(name, react.as_ref().unchecked_ref());
            retained.retain(Listener { element: element.clone(), name, react });
        }
        Setting::Mounted(react) => {
            if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
                let element = element.clone();
                queue_microtask(move || react(element));
            }
        }
        Setting::Removed(react) => retained.retain(OnCleanup(Some(react))),
    }
}

fn set_attribute(element: &web_sys::Element, name: &str, value: Option<&str>) {
    // Both fail only for names that are no attribute names; ours are constants.
    let _done = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

fn append(parent: &Node, child: &Node) {
    let _appended = parent.append_child(child);
}
