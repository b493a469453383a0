//! What the tests stand on.

pub(crate) mod browser;
pub(crate) mod clock;
pub(crate) mod connector;
pub(crate) mod contract;
pub(crate) mod device_service;
pub(crate) mod graph;
pub(crate) mod graph_schemas;
pub(crate) mod log;
pub(crate) mod sample;
pub(crate) mod server;
pub(crate) mod sign_in;

pub(crate) use clock::TestClock;
pub(crate) use connector::{Connector, Fault};
pub(crate) use contract::Contract;
pub(crate) use device_service::ScriptedService;
pub(crate) use graph::{GraphFault, SimulatedGraph};
pub(crate) use portal_testkit::client::Answer;
pub(crate) use portal_testkit::{Provider, Signer, provider};
pub(crate) use sample::Sample;
pub(crate) use server::TestServer;
pub(crate) use sign_in::sign_in;
