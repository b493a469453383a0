//! What every component may reach: the model to read, a way to say what the person did, and the words.
//!
//! The shell provides the three values once at the root. Components take nothing else from outside, so a test can mount
//! one with a model of its own, a recording dispatch and fixed words.

use crate::app::{Event, Model};
use crate::i18n::{Catalogue, Formatter, Locale, Text};
use leptos::prelude::*;
use std::any::Any;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

/// Words in the current language. Reading a text inside a reactive closure follows a change of the language.
#[derive(Clone, Copy)]
pub struct Tr {
    language: Selected<Catalogue>,
    outside: Outside,
}

impl Tr {
    /// The words of a text, now.
    #[must_use]
    #[inline(never)]
    pub fn text(self, text: &Text) -> String {
        let ways = self.outside.get_value();
        self.language.with(|language| text.render(language, ways.formatter.as_ref()))
    }

    /// The words of a text that does not change, following the language.
    pub fn say(self, text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
        move || self.text(&text)
    }

    /// The words of a text that changes, following it and the language.
    pub fn follow(self, text: Selected<Text>) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || text.with(|text| self.text(text))
    }

    /// Words of a language that are no [`Text`], because they hold a secret.
    pub fn written<R>(self, write: impl FnOnce(&Catalogue, &dyn Formatter) -> R) -> R {
        let ways = self.outside.get_value();
        self.language.with(|language| write(language, ways.formatter.as_ref()))
    }

    /// The current language.
    #[must_use]
    pub fn locale(self) -> Locale {
        self.language.with(Catalogue::locale)
    }
}

/// What leads out of the components. In one value, because each type that the reactive system stores costs code.
struct Services {
    dispatch: Box<dyn Fn(Event)>,
    formatter: Box<dyn Formatter>,
}

type Outside = StoredValue<Rc<Services>, LocalStorage>;

/// The one context.
#[derive(Clone, Copy)]
struct Page {
    model: ReadSignal<Model>,
    tr: Tr,
}

/// Provides the three values to everything below.
pub fn provide_page(
    model: ReadSignal<Model>,
    dispatch: impl Fn(Event) + 'static,
    formatter: impl Formatter + 'static,
) {
    provide_ways(model, Services { dispatch: Box::new(dispatch), formatter: Box::new(formatter) });
}

fn provide_ways(model: ReadSignal<Model>, ways: Services) {
    let language = select(model, |model| model.features.language.current.clone());
    provide_context(Page { model, tr: Tr { language, outside: StoredValue::new_local(Rc::new(ways)) } });
}

#[inline(never)]
fn page() -> Page {
    expect_context()
}

/// The model. Select parts of it instead of reading it whole.
#[must_use]
pub fn use_model() -> ReadSignal<Model> {
    page().model
}

/// Says what the person did.
pub fn use_dispatch() -> impl Fn(Event) + Copy + Send + Sync + 'static {
    let outside = page().tr.outside;
    move |event| dispatch(outside, event)
}

#[inline(never)]
fn dispatch(outside: Outside, event: Event) {
    // A copy: what is dispatched may replace the page, and with it what is stored.
    let ways = outside.get_value();
    (ways.dispatch)(event);
}

/// The words.
#[must_use]
pub fn use_tr() -> Tr {
    page().tr
}

/// A part of the model, or something made of such parts, that changes only when its value does.
///
/// Behind it stands a memo of the reactive system. Every type a memo holds costs 2 to 3 KB of code, so all of them hold
/// the same type, [`AnyValue`], and this says what is in it.
pub struct Selected<T> {
    memo: Memo<AnyValue>,
    holds: PhantomData<fn() -> T>,
}

impl<T> Clone for Selected<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Selected<T> {}

impl<T: Send + Sync + 'static> Selected<T> {
    /// Reads the value and follows it.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(current(self.memo).stored())
    }

    /// Reads the value as it is now.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(current_untracked(self.memo).stored())
    }
}

impl<T: Clone + Send + Sync + 'static> Selected<T> {
    /// The value; follows it.
    #[must_use]
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value as it is now.
    #[must_use]
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A part of the model; who reads it is told only of a value that differs.
pub fn select<T>(model: ReadSignal<Model>, read: impl Fn(&Model) -> T + Send + Sync + 'static) -> Selected<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    let memo = memo_of_model(model, Box::new(move |model| AnyValue::of(read(model))));
    Selected { memo, holds: PhantomData }
}

/// Something made of other selections; who reads it is told only of a value that differs.
pub fn selected_from<T>(make: impl Fn() -> T + Send + Sync + 'static) -> Selected<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    Selected { memo: memo(Box::new(move || AnyValue::of(make()))), holds: PhantomData }
}

/// A value of any type that can tell whether another one is the same.
#[derive(Clone)]
struct AnyValue {
    value: Arc<Shared>,
    is_same: fn(&Shared, &Shared) -> bool,
}

type Shared = dyn Any + Send + Sync;

impl AnyValue {
    fn of<T: PartialEq + Send + Sync + 'static>(value: T) -> Self {
        Self { value: Arc::new(value), is_same: is_same::<T> }
    }

    #[expect(clippy::expect_used, reason = "a Selected<T> is only made by select and selected_from, of a T")]
    fn stored<T: 'static>(&self) -> &T {
        self.value.downcast_ref().expect("the selected type")
    }
}

impl PartialEq for AnyValue {
    fn eq(&self, other: &Self) -> bool {
        (self.is_same)(&*self.value, &*other.value)
    }
}

/// Values of different types are different.
fn is_same<T: PartialEq + 'static>(one: &Shared, other: &Shared) -> bool {
    one.downcast_ref::<T>().is_some_and(|one| other.downcast_ref() == Some(one))
}

#[inline(never)]
fn memo_of_model(
    model: ReadSignal<Model>,
    read: Box<dyn Fn(&Model) -> AnyValue + Send + Sync>,
) -> Memo<AnyValue> {
    memo(Box::new(move || model.with(|model| read(model))))
}

#[inline(never)]
fn memo(make: Box<dyn Fn() -> AnyValue + Send + Sync>) -> Memo<AnyValue> {
    Memo::new(move |_| make())
}

#[inline(never)]
fn current(memo: Memo<AnyValue>) -> AnyValue {
    memo.get()
}

#[inline(never)]
fn current_untracked(memo: Memo<AnyValue>) -> AnyValue {
    memo.get_untracked()
}
