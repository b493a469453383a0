//! Who is connected, and who must go when there is no room: as many connections as configured, and of those so many from
//! one network. A new one is let in as long as some other has nothing to do - it waits for a request, or dribbles one in -
//! and the one that has waited longest is closed for it. So whoever holds thousands of connections without asking anything
//! pushes out their own, and the people who do ask are answered.

use crate::domain::rate::network_of;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The bounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConnectionLimits {
    /// Connections at the same time.
    pub(super) total: usize,
    /// Of those, from one network.
    pub(super) per_network: usize,
    /// After how long an answer that is no stream counts as one that nobody reads.
    pub(super) patience: Duration,
}

/// What a connection is doing, and since when, in one word that its task writes and others read.
#[derive(Debug)]
struct Activity(AtomicU64);

const WAITING: u64 = 0;
const ANSWERING: u64 = 1;
const STREAMING: u64 = 2;

impl Activity {
    fn set(&self, doing: u64, millis: u64) {
        self.0.store(millis << 2 | doing, Ordering::Relaxed);
    }

    /// Since when it could be closed for another one; `None` while it is at work.
    fn idle_since(&self, now: u64, patience: Duration) -> Option<u64> {
        let word = self.0.load(Ordering::Relaxed);
        let since = word >> 2;
        let is_stuck = || u128::from(now.saturating_sub(since)) > patience.as_millis();
        match word & 3 {
            WAITING => Some(since),
            ANSWERING if is_stuck() => Some(since),
            _ => None,
        }
    }
}

struct Open {
    activity: Arc<Activity>,
    closed: Arc<Notify>,
}

#[derive(Default)]
struct Registry {
    networks: HashMap<String, HashMap<u64, Open>>,
    total: usize,
    next: u64,
}

/// All connections.
pub(super) struct Connections {
    room: ConnectionLimits,
    started: Instant,
    registry: Mutex<Registry>,
    /// Is told how many there are.
    told: Box<dyn Fn(usize) + Send + Sync>,
}

/// One connection's place, given back when it is dropped.
pub(super) struct Permit {
    connections: Arc<Connections>,
    network: String,
    id: u64,
    activity: Arc<Activity>,
    closed: Arc<Notify>,
}

/// There is no room, and everybody is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// A new connection's place, and whether another one was closed for it.
pub(super) struct Admitted {
    pub(super) place: Arc<Permit>,
    pub(super) closed_another: bool,
}

impl Connections {
    pub(super) fn new(room: ConnectionLimits, told: impl Fn(usize) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { room, started: Instant::now(), registry: Mutex::default(), told: Box::new(told) })
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX >> 2)
    }

    /// Gives a new connection its place. A proxy stands for many people and has no limit of its own.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr, is_proxy: bool) -> Result<Admitted, Full> {
        let network = network_of(&peer.to_string());
        let now = self.now();
        let mut registry = self.registry();
        let of_network = registry.networks.get(&network).map_or(0, HashMap::len);
        let mut closed_another = false;
        if !is_proxy && of_network >= self.room.per_network {
            registry.close_idle(Some(&network), now, self.room.patience)?;
            closed_another = true;
        }
        if registry.total >= self.room.total {
            registry.close_idle(None, now, self.room.patience)?;
            closed_another = true;
        }
        let id = registry.next;
        registry.next = registry.next.wrapping_add(1);
        let activity = Arc::new(Activity(AtomicU64::new(0)));
        activity.set(WAITING, now);
        let closed = Arc::new(Notify::new());
        let open = Open { activity: Arc::clone(&activity), closed: Arc::clone(&closed) };
        registry.networks.entry(network.clone()).or_default().insert(id, open);
        registry.total += 1;
        (self.told)(registry.total);
        let place = Permit { connections: Arc::clone(self), network, id, activity, closed };
        Ok(Admitted { place: Arc::new(place), closed_another })
    }
}

impl Registry {
    /// Closes the connection that has been idle longest, of one network or of all.
    fn close_idle(&mut self, of: Option<&str>, now: u64, patience: Duration) -> Result<(), Full> {
        let chosen = self
            .networks
            .iter()
            .filter(|(network, _)| of.is_none_or(|of| of == network.as_str()))
            .flat_map(|(network, open)| open.iter().map(move |(id, open)| (network, *id, open)))
            .filter_map(|(network, id, open)| Some((open.activity.idle_since(now, patience)?, id, network)))
            .min();
        let (_, id, network) = chosen.ok_or(Full)?;
        let network = network.clone();
        self.remove(&network, id);
        Ok(())
    }

    fn remove(&mut self, network: &str, id: u64) {
        let Some(open) = self.networks.get_mut(network) else { return };
        if let Some(removed) = open.remove(&id) {
            self.total = self.total.saturating_sub(1);
            removed.closed.notify_one();
        }
        if open.is_empty() {
            self.networks.remove(network);
        }
    }
}

impl Permit {
    /// Waits until the connection has to go for another one.
    pub(super) async fn closed(&self) {
        self.closed.notified().await;
    }

    pub(super) fn answering(&self) {
        self.activity.set(ANSWERING, self.connections.now());
    }

    pub(super) fn streaming(&self) {
        self.activity.set(STREAMING, self.connections.now());
    }

    pub(super) fn waiting(&self) {
        self.activity.set(WAITING, self.connections.now());
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut registry = self.connections.registry();
        registry.remove(&self.network, self.id);
        (self.connections.told)(registry.total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(total: usize, per_network: usize) -> Arc<Connections> {
        Connections::new(ConnectionLimits { total, per_network, patience: Duration::from_secs(60) }, |_| {})
    }

    fn admit(connections: &Arc<Connections>, peer: &str) -> Result<Arc<Permit>, Full> {
        connections.admit(peer.parse().unwrap(), false).map(|admitted| admitted.place)
    }

    async fn is_closed(place: &Permit) -> bool {
        tokio::time::timeout(Duration::ZERO, place.closed()).await.is_ok()
    }

    #[tokio::test]
    async fn the_connection_that_waited_longest_goes_for_a_new_one() {
        let connections = connections(3, 3);
        let places: Vec<_> =
            (1..=3).map(|host| admit(&connections, &format!("192.0.2.{host}")).unwrap()).collect();
        places[0].answering();
        let new = admit(&connections, "192.0.2.9").unwrap();
        assert!(is_closed(&places[1]).await, "the longest of those that wait");
        assert!(!is_closed(&places[0]).await && !is_closed(&places[2]).await && !is_closed(&new).await);
        assert_eq!(connections.registry().total, 3);
    }

    #[tokio::test]
    async fn one_network_pushes_out_its_own_and_nobody_elses() {
        let connections = connections(100, 2);
        let other = admit(&connections, "198.51.100.1").unwrap();
        let first = admit(&connections, "2001:db8::1").unwrap();
        let second = admit(&connections, "2001:db8::2").unwrap();
        let third = admit(&connections, "2001:db8::3").unwrap();
        assert!(is_closed(&first).await, "the same 64 bits");
        assert!(!is_closed(&second).await && !is_closed(&third).await && !is_closed(&other).await);
    }

    #[test]
    fn nobody_at_work_is_closed_and_then_there_is_no_room() {
        let connections = connections(2, 2);
        let (first, second) =
            (admit(&connections, "192.0.2.1").unwrap(), admit(&connections, "192.0.2.2").unwrap());
        first.answering();
        second.streaming();
        assert_eq!(admit(&connections, "192.0.2.3").err(), Some(Full));
        first.waiting();
        assert!(admit(&connections, "192.0.2.3").is_ok());
    }

    #[test]
    fn an_answer_that_nobody_reads_is_given_up_when_room_is_needed() {
        let connections =
            Connections::new(ConnectionLimits { total: 1, per_network: 1, patience: Duration::ZERO }, |_| {});
        let stuck = admit(&connections, "192.0.2.1").unwrap();
        stuck.activity.set(ANSWERING, 0);
        while connections.now() == 0 {}
        assert!(admit(&connections, "192.0.2.2").is_ok());
    }

    #[test]
    fn a_proxy_stands_for_many_and_places_are_given_back() {
        let connections = connections(3, 1);
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let places: Vec<_> = (0..3).map(|_| connections.admit(peer, true).unwrap()).collect();
        assert!(places.iter().all(|admitted| !admitted.closed_another));
        drop(places);
        let registry = connections.registry();
        assert_eq!((registry.total, registry.networks.len()), (0, 0));
    }
}
