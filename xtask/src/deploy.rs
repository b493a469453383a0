//! The suite `deploy`: the files of `deploy/`, judged by those who will read them.
//!
//! systemd says itself whether the unit is well-formed and how exposed the service is. The container's file is judged by
//! nobody here: that takes an engine.

use std::time::Duration;

use fs_err as fs;

use crate::error::Result;
use crate::outcome::Outcome;
use crate::process::{Program, find_on_path};
use crate::workspace::Workspace;

const UNIT: &str = "passcode-portal.service";
/// systemd's measure, times ten: 0 is a service that can do nothing, 100 one that may do everything. Ours has 12 with
/// systemd 252; what remains is that it listens and asks on the network.
const MOST_EXPOSED: u32 = 15;

/// Asks systemd about the unit.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if find_on_path("systemd-analyze").is_none() {
        outcome.skip("the systemd unit, because there is no systemd-analyze here");
        return Ok(outcome);
    }
    let text = fs::read_to_string(workspace.root.join("deploy").join(UNIT))?;
    let unit = workspace.own("deploy")?.join(UNIT);
    fs::write(&unit, startable_here(&text))?;
    let analyze = |arguments: &[&str]| {
        Program::new("systemd-analyze", "systemd-analyze")
            .args(arguments)
            .arg(&unit)
            .limit(Duration::from_secs(60))
            .run()
    };
    // Unknown settings are warnings to it, and a warning here is a protection that is not there. It reads the machine's
    // other units too; what is wrong with those is none of our business.
    let verified = analyze(&["verify"])?;
    let is_clean = verified.success && !verified.output.contains(UNIT);
    outcome.check(is_clean, &verified.output);
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let exposure = analyze(&["security", "--offline=yes", "--no-pager", &threshold])?;
    outcome
        .notes
        .extend(exposure.output.lines().filter(|line| line.contains("exposure level")).map(str::to_string));
    outcome.check(exposure.success, &exposure.output);
    Ok(outcome)
}

/// The unit with a program that is there: a missing one is all that the check would talk about.
fn startable_here(unit: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("ExecStart=") { "ExecStart=/bin/sh".to_string() } else { line.to_string() }
    };
    unit.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
mod tests {
    use yaml_rust2::{Yaml, YamlLoader};

    const KUBERNETES: &str = include_str!("../../deploy/kubernetes/portal.yaml");

    fn object(kind: &str) -> Yaml {
        let objects = YamlLoader::load_from_str(KUBERNETES).unwrap();
        let found: Vec<Yaml> =
            objects.into_iter().filter(|object| object["kind"].as_str() == Some(kind)).collect();
        assert_eq!(found.len(), 1, "{kind}");
        found[0].clone()
    }

    #[test]
    fn on_kubernetes_one_server_has_one_volume_and_is_told_before_it_ends() {
        let spec = &object("Deployment")["spec"];
        assert_eq!(spec["replicas"].as_i64(), Some(1));
        assert_eq!(spec["strategy"]["type"].as_str(), Some("Recreate"));
        let pod = &spec["template"]["spec"];
        assert_eq!(pod["terminationGracePeriodSeconds"].as_i64(), Some(45));
        let claim = object("PersistentVolumeClaim");
        assert_eq!(claim["spec"]["accessModes"][0].as_str(), Some("ReadWriteOncePod"));
        let container = &pod["containers"][0];
        for (probe, path) in
            [("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")]
        {
            assert_eq!(container[probe]["httpGet"]["path"].as_str(), Some(path), "{probe}");
            assert_eq!(container[probe]["httpGet"]["port"].as_str(), Some("http"));
        }
    }

    #[test]
    fn on_kubernetes_the_server_may_do_as_little_as_in_the_other_containers() {
        let pod = &object("Deployment")["spec"]["template"]["spec"];
        assert_eq!(pod["automountServiceAccountToken"].as_bool(), Some(false));
        assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
        assert_eq!(
            pod["securityContext"]["runAsUser"].as_i64(),
            Some(65_532),
            "the user of deploy/Containerfile"
        );
        let own = &pod["containers"][0]["securityContext"];
        assert_eq!(own["readOnlyRootFilesystem"].as_bool(), Some(true));
        assert_eq!(own["allowPrivilegeEscalation"].as_bool(), Some(false));
        assert_eq!(own["capabilities"]["drop"][0].as_str(), Some("ALL"));
        let mounts = pod["containers"][0]["volumeMounts"].as_vec().unwrap();
        let writable: Vec<&str> = mounts
            .iter()
            .filter(|mount| mount["readOnly"].as_bool() != Some(true))
            .map(|mount| mount["mountPath"].as_str().unwrap())
            .collect();
        assert_eq!(writable, ["/var/lib/passcode-portal"], "the folder of deploy/Containerfile");
    }

    #[test]
    fn on_kubernetes_streams_come_through_and_the_parts_find_each_other() {
        let ingress = object("Ingress");
        let annotation = |name: &str| {
            let name = format!("nginx.ingress.kubernetes.io/{name}");
            ingress["metadata"]["annotations"][name.as_str()].as_str().map(str::to_owned)
        };
        assert_eq!(annotation("proxy-buffering").as_deref(), Some("off"));
        assert!(annotation("proxy-read-timeout").unwrap().parse::<u32>().unwrap() >= 60);
        let backend = &ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"];
        let service = object("Service");
        assert_eq!(backend["name"], service["metadata"]["name"]);
        assert_eq!(backend["port"]["name"], service["spec"]["ports"][0]["name"]);
        let labels = &object("Deployment")["spec"]["template"]["metadata"]["labels"];
        assert_eq!(service["spec"]["selector"], *labels);
    }

    #[test]
    fn the_configuration_on_kubernetes_is_toml_and_holds_no_secret() {
        let map = object("ConfigMap");
        let text = map["data"]["portal.toml"].as_str().unwrap();
        let table: toml::Table = text.parse().unwrap();
        assert!(table.contains_key("oidc") && table.contains_key("session"));
        for secret in ["client_secret =", "key =", "token ="] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}
