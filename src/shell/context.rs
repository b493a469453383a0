//! What every component may reach: the model to read, a way to say what the person did, and the words.
//!
//! The shell provides the three values once at the root. Components take nothing else from outside, so a test can mount
//! one with a model of its own, a recording dispatch and fixed words.

use crate::app::{Event, Model};
use crate::i18n::{Formatter, Locale, Text};
use leptos::prelude::*;
use std::rc::Rc;

/// Words in the current language. Reading a text inside a reactive closure follows a change of the language.
#[derive(Clone, Copy)]
pub struct Tr {
    locale: Signal<Locale>,
    formatter: StoredValue<Rc<dyn Formatter>, LocalStorage>,
}

impl Tr {
    /// The words of a text, now.
    #[must_use]
    pub fn text(self, text: &Text) -> String {
        let locale = self.locale.get();
        self.formatter.with_value(|formatter| text.render(locale, formatter.as_ref()))
    }

    /// The words of a text that does not change, following the language.
    pub fn say(self, text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
        move || self.text(&text)
    }

    /// The words of a text that changes, following it and the language.
    pub fn follow(self, text: Signal<Text>) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || text.with(|text| self.text(text))
    }

    /// The current language.
    #[must_use]
    pub fn locale(self) -> Locale {
        self.locale.get()
    }
}

type EventSink = StoredValue<Rc<dyn Fn(Event)>, LocalStorage>;

/// Provides the three values to everything below.
pub fn provide_page(
    model: ReadSignal<Model>,
    dispatch: impl Fn(Event) + 'static,
    formatter: impl Formatter + 'static,
) {
    let locale = Memo::new(move |_| model.with(|model| model.locale));
    let formatter: Rc<dyn Formatter> = Rc::new(formatter);
    let sink: Rc<dyn Fn(Event)> = Rc::new(dispatch);
    provide_context(model);
    provide_context::<EventSink>(StoredValue::new_local(sink));
    provide_context(Tr { locale: locale.into(), formatter: StoredValue::new_local(formatter) });
}

/// The model. Derive memos from its parts instead of reading it whole.
#[must_use]
pub fn use_model() -> ReadSignal<Model> {
    expect_context()
}

/// A part of the model that changes only when its value does. One body per type of value and not per reader: every memo
/// of its own costs about a kilobyte of code.
pub fn select<T>(model: ReadSignal<Model>, read: impl Fn(&Model) -> T + Send + Sync + 'static) -> Memo<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    select_boxed(model, Box::new(read))
}

fn select_boxed<T>(model: ReadSignal<Model>, read: Box<dyn Fn(&Model) -> T + Send + Sync>) -> Memo<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| model.with(|model| read(model)))
}

/// Says what the person did.
pub fn use_dispatch() -> impl Fn(Event) + Copy + Send + Sync + 'static {
    let sink: EventSink = expect_context();
    move |event| {
        let send = sink.get_value();
        send(event);
    }
}

/// The words.
#[must_use]
pub fn use_tr() -> Tr {
    expect_context()
}
