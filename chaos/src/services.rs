//! What stands behind the server during a run: the simulated fleet inside it, or a program of its own that is never killed: the
//! simulated Microsoft Graph or the sample connector (`server/examples/`).

use crate::error::ChaosError;
use portal_testkit::Provider;
use portal_testkit::client::{Outcome, Request, exchange};
use portal_testkit::process::{Running, free_address};
use serde_json::Value;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The tenant that the provider of the run and the simulated Graph belong to.
pub(crate) const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const CLIENT: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";
/// 32 bytes in base64; the connector of a run has no other secret.
const CONNECTOR_TOKEN: &str = "Zm9yIGEgcnVuIG9mIHRoZSBjaGFvcyBhbmQgbm8gb3Q=";
/// One command in so many hundredths goes wrong at Graph, and the longest time it takes before and after it is carried out.
const GRAPHS_FAULTS: u32 = 15;
const GRAPHS_DELAY_MILLIS: u32 = 250;
/// The devices of each person at Graph that may be taken away for good, and their first place; one that was does not come back.
const EXPENDABLE: u32 = 60;
const FIRST_EXPENDABLE: u32 = 7;
/// The iPhones of the sample connector: the devices there that a person may take out of management and erase.
const IPHONES: u32 = 8;
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// Which service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The simulated fleet inside the server.
    Fleet,
    /// The simulated Microsoft Graph, with faults and delays of its own.
    Graph,
    /// The sample connector.
    Connector,
}

impl Kind {
    /// The program of it among the server's examples, which lies beside the server.
    #[must_use]
    pub const fn program(self) -> Option<&'static str> {
        match self {
            Self::Fleet => None,
            Self::Graph => Some("simulated_graph"),
            Self::Connector => Some("connector"),
        }
    }

    /// The kind with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "fleet" => Some(Self::Fleet),
            "graph" => Some(Self::Graph),
            "connector" => Some(Self::Connector),
            _ => None,
        }
    }
}

/// The services of a run. The program ends with it.
pub(crate) struct Services {
    pub(crate) kind: Kind,
    people: u32,
    fleet_speed: f64,
    folder: PathBuf,
    program: Option<(Running, SocketAddr)>,
}

impl Services {
    /// Starts what is not part of the server.
    pub(crate) async fn start(options: &crate::Options) -> Result<Self, ChaosError> {
        let folder = options.folder.clone();
        let mut services = Self {
            kind: options.services,
            people: options.people,
            fleet_speed: options.fleet_speed,
            folder,
            program: None,
        };
        if options.services == Kind::Fleet {
            return Ok(services);
        }
        let failed = |error| ChaosError::Io("the service cannot be started", error);
        let address = free_address().map_err(failed)?;
        write_private(&services.folder.join("secret"), CONNECTOR_TOKEN).map_err(failed)?;
        let log = std::fs::File::create(services.log()).map_err(failed)?;
        let mut command = Command::new(&options.service);
        command.args(["--listen", &address.to_string()]).stdin(Stdio::null()).stdout(log);
        command.current_dir(&services.folder);
        if options.services == Kind::Graph {
            command
                .args(["--crowd", &options.people.to_string(), "--seed", &options.seed.to_string()])
                .args(["--expendable", &EXPENDABLE.to_string()])
                .args(["--faults", &GRAPHS_FAULTS.to_string()])
                .args(["--delay-millis", &GRAPHS_DELAY_MILLIS.to_string()]);
        } else {
            command
                .arg("--token-file")
                .arg(services.folder.join("secret"))
                .arg("--state")
                .arg(services.folder.join("connector.json"))
                .args(["--person", &services.person(1), "--step-seconds", "1"])
                .args(["--iphones", &IPHONES.to_string()]);
        }
        services.program = Some((Running::start(&mut command).map_err(failed)?, address));
        services.answers().await?;
        Ok(services)
    }

    async fn answers(&self) -> Result<(), ChaosError> {
        let started = Instant::now();
        while started.elapsed() < STARTS_WITHIN {
            let path = if self.kind == Kind::Graph { "/simulation" } else { "/v1/capabilities" };
            if self.ask(path).await.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        Err(ChaosError::NotReady(STARTS_WITHIN, log))
    }

    fn log(&self) -> PathBuf {
        self.folder.join("service.log")
    }

    /// Status and body of what the program answers.
    pub(crate) async fn ask(&self, path: &str) -> Option<(u16, Value)> {
        let (_, address) = self.program.as_ref()?;
        let request = Request::get(path).token(CONNECTOR_TOKEN);
        match exchange(*address, &request).await {
            Outcome::Answered(answer) => {
                Some((answer.status.as_u16(), serde_json::from_slice(&answer.body).unwrap_or(Value::Null)))
            }
            Outcome::Lost | Outcome::NotConnected => None,
        }
    }

    /// The identifiers of the commands that the sample connector gave to devices, one each time.
    pub(crate) fn handed_over(&self) -> Result<Vec<String>, ChaosError> {
        let log = std::fs::read_to_string(self.log())
            .map_err(|error| ChaosError::Io("the service's output cannot be read", error))?;
        let ids = log.lines().filter_map(|line| line.split_once(": to the device"));
        Ok(ids.map(|(id, _)| id.to_owned()).collect())
    }

    /// The commands that the sample connector wrote down, with their devices.
    pub(crate) fn commands(&self) -> Result<Vec<(String, String)>, ChaosError> {
        let failed = |error| ChaosError::Io("the connector's file cannot be read", error);
        let text = match std::fs::read_to_string(self.folder.join("connector.json")) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(failed)?,
        };
        let all: Value = serde_json::from_str(&text).map_err(|error| failed(error.into()))?;
        let device = |command: &Value| {
            command.pointer("/body/deviceId").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let commands = all.as_object().into_iter().flatten();
        Ok(commands.map(|(id, command)| (id.clone(), device(command))).collect())
    }

    /// Who a client is. A sample connector has one person, so all of them are that.
    pub(crate) fn person(&self, number: u32) -> String {
        match self.kind {
            Kind::Fleet => format!("p-crowd-{number:04}"),
            Kind::Graph => format!("00000000-0000-4000-8000-{number:012}"),
            Kind::Connector => "p-crowd-0001".to_owned(),
        }
    }

    /// What a client has. The connector's device that is silent for an hour is left out: it would be waited for.
    pub(crate) fn devices(&self, number: u32) -> Vec<String> {
        match self.kind {
            // The fifth and the sixth are managed by services with other manners.
            Kind::Fleet => (1..=6)
                .map(|place| {
                    let service = match place {
                        5 => "cloud:",
                        6 => "push:",
                        _ => "",
                    };
                    format!("{service}d-crowd-{number:04}-{place}")
                })
                .collect(),
            Kind::Graph => (1..=4).map(|place| device_of_graph(number, place)).collect(),
            Kind::Connector => {
                ["does-it", "not-now-first", "refuses", "is-lost"].map(ToOwned::to_owned).into()
            }
        }
    }

    /// The device that a client takes away next, where not every one may be, after so many are gone. At Graph one that was taken
    /// away does not come back; the sample connector's is set up anew at once.
    pub(crate) fn expendable(&self, number: u32, given_up: u32) -> Option<String> {
        match self.kind {
            Kind::Fleet => None,
            Kind::Graph => {
                (given_up < EXPENDABLE).then(|| device_of_graph(number, FIRST_EXPENDABLE + given_up))
            }
            Kind::Connector => Some(match number % IPHONES {
                0 => "iphone".to_owned(),
                place => format!("iphone-{}", place + 1),
            }),
        }
    }

    /// What `[oidc]` has to say beside the rest.
    pub(crate) const fn subject(&self) -> &'static str {
        match self.kind {
            Kind::Graph => "subject_claim = \"oid\"\n",
            Kind::Fleet | Kind::Connector => "",
        }
    }

    /// The sections of the server's configuration.
    pub(crate) fn configuration(&self, folder: &Path, provider: &Provider) -> Result<String, ChaosError> {
        let secret = folder.join("secret");
        let Some((_, address)) = &self.program else {
            return Ok(format!(
                "[fleet]\nspeed = {:?}\ncrowd = {}\nandroid_command_minutes = 10\nother_command_hours = 1\n",
                self.fleet_speed, self.people
            ));
        };
        Ok(match self.kind {
            Kind::Graph => format!(
                "[[device_services]]\nname = \"intune\"\nkind = \"graph\"\n[device_services.graph]\n\
                 tenant_id = \"{TENANT}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = {secret:?}\n\
                 graph_url = \"http://{address}\"\nlogin_url = \"{}\"\nsettle_seconds = 10\n\
                 features = [\"resetPasscode\", \"remoteLock\", \"syncDevice\", \"rebootNow\", \"retire\", \"wipe\"]\n",
                provider.origin
            ),
            Kind::Fleet | Kind::Connector => format!(
                "[[device_services]]\nname = \"mdm\"\nkind = \"http\"\n[device_services.http]\n\
                 url = \"http://{address}/v1\"\ntoken_file = {secret:?}\n"
            ),
        })
    }
}

fn device_of_graph(number: u32, place: u32) -> String {
    format!("{place:08}-0000-4000-8000-{number:012}")
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    writeln!(file, "{text}")
}
