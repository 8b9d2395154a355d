"""What the pack covers: misconfigurations that the runbook forbids, the rule for each, and which other tools find it.

The other tools were compared in November 2026 (kube-linter 35de568, kube-score v1.20.0, checkov 3.3.30, Kyverno v1.19.1
with its library, Polaris c0e23a2, Pod Security `restricted`, Pulumi's compliance policies 712a901), each in a pull
request: without a cluster. Some know a check that is off unless it is asked for: (opt-in).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Row(NamedTuple):
    """One misconfiguration.

    Attributes:
        id: Its name in the comparison.
        title: What is wrong.
        rule: The id of the rule that finds it.
        caught_by: The other tools that find it.
    """

    id: str
    title: str
    rule: str
    caught_by: tuple[str, ...] = ()


ROWS: Final = (
    Row("A00", "API Deployment has no HPA (fixed 3 replicas)", "deployment-autoscaler"),
    Row(
        "A01",
        "replicas: 1, no HPA",
        "deployment-replicas",
        ("kube-linter (opt-in)", "kube-score", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row(
        "A02",
        "replicas: 2 (< runbook 3), no HPA",
        "deployment-replicas",
        ("kube-linter (opt-in)", "Pulumi's compliance policies"),
    ),
    Row("A03", "replicas: 25 (> runbook 10)", "deployment-replicas"),
    Row(
        "A04",
        "replicas unset and no HPA (defaults to 1)",
        "deployment-replicas",
        ("kube-linter (opt-in)", "kube-score", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row("A05", "HPA minReplicas 1", "hpa-min-replicas", ("kube-linter (opt-in)", "kube-score", "Polaris")),
    Row("A06", "HPA minReplicas 2 (< 3)", "hpa-min-replicas", ("kube-linter (opt-in)",)),
    Row("A07", "HPA maxReplicas 50 (> 10)", "hpa-max-replicas"),
    Row("A08", "HPA min == max (cannot scale)", "hpa-range", ("Polaris",)),
    Row("A09", "HPA CPU target 98 %", "hpa-cpu-target"),
    Row("A10", "HPA scaleTargetRef names a missing Deployment", "hpa-target", ("kube-linter (opt-in)", "kube-score")),
    Row("A11", "HPA present and spec.replicas fixed", "deployment-replicas", ("kube-score",)),
    Row("A12", "HPA on CPU utilisation, container has no CPU request", "hpa-cpu-request"),
    Row("A13", "two HPAs target one Deployment", "deployment-autoscaler"),
    Row("A14", "no PDB selects the Deployment", "workload-disruption-budget", ("kube-score", "Polaris")),
    Row(
        "A15",
        "PDB maxUnavailable 0 blocks every drain",
        "pdb-blocks-drain",
        ("kube-linter", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row(
        "A16",
        "PDB minAvailable 100 %",
        "pdb-blocks-drain",
        ("kube-linter", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row(
        "A17",
        "PDB minAvailable == HPA minReplicas (no voluntary eviction at floor)",
        "pdb-hpa-minimum",
        ("kube-linter",),
    ),
    Row("A18", "PDB selector matches nothing", "pdb-selector", ("kube-score", "Polaris")),
    Row("A19", "strategy Recreate", "deployment-strategy", ("kube-linter (opt-in)", "kube-score")),
    Row("A20", "rollingUpdate.maxUnavailable 50 % (runbook 0/1)", "deployment-strategy"),
    Row("A21", "no topology spread and no anti-affinity", "deployment-topology-spread", ("kube-score", "Polaris")),
    Row("A22", "no preStop and terminationGracePeriod 5 s", "deployment-graceful-stop"),
    Row(
        "B01",
        "CPU request missing",
        "container-resources",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris"),
    ),
    Row("B02", "CPU limit missing", "container-resources", ("kube-score", "checkov", "Kyverno", "Polaris")),
    Row("B03", "memory request missing", "container-resources", ("kube-score", "checkov", "Kyverno", "Polaris")),
    Row(
        "B04",
        "memory limit missing",
        "container-resources",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris"),
    ),
    Row("B05", "CPU request 50m (runbook 500m)", "deployment-cpu-request"),
    Row("B06", "CPU limit 8 (runbook 1000m)", "deployment-cpu-limit"),
    Row("B07", "memory request 64Mi (runbook 512Mi)", "deployment-memory-request", ("Kyverno",)),
    Row("B08", "memory limit 8Gi (runbook 1Gi)", "deployment-memory-limit", ("Kyverno",)),
    Row("B09", "request > limit", "container-resources"),
    Row("B10", "--max-old-space-size ≥ container memory limit", "container-heap-cap"),
    Row("B11", "ResourceQuota < maxReplicas x requests", "quota-room"),
    Row(
        "C01", "image :latest", "container-image-digest", ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris")
    ),
    Row("C02", "no tag", "container-image-digest", ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris")),
    Row("C03", "wrong registry/repository", "container-image-repository"),
    Row("C04", "mutable branch tag (:main)", "container-image-digest"),
    Row("C05", "tag but no digest", "container-image-digest", ("checkov", "Kyverno")),
    Row("C06", "imagePullPolicy not Always", "container-pull-policy", ("kube-score", "checkov", "Polaris")),
    Row("C07", "init container :latest", "container-image-digest", ("kube-score", "checkov", "Kyverno", "Polaris")),
    Row("C08", "prod image tag older than the running one / never deployed to staging", "release-order"),
    Row("D01", "DB_PASSWORD literal in env", "container-plaintext-secret", ("Polaris",)),
    Row("D02", "MONGODB_URI literal with user:password", "container-plaintext-secret", ("checkov",)),
    Row("D03", "JWT_SECRET literal in env", "container-plaintext-secret", ("kube-linter", "Polaris")),
    Row("D04", "password in a ConfigMap", "config-map-plaintext-secret", ("Polaris",)),
    Row(
        "D05",
        "secret as env var (secretKeyRef) rather than file (CIS 5.4.1)",
        "container-secret-variable",
        ("kube-linter (opt-in)", "checkov", "Kyverno"),
    ),
    Row("D06", "secretKeyRef to a Secret that does not exist", "container-secret-exists", ("kube-linter (opt-in)",)),
    Row("D07", "secret in container args", "container-secret-argument"),
    Row("D08", "redis:// or mongodb:// without TLS", "connection-tls"),
    Row("D09", "duplicate env var", "container-duplicate-variable", ("kube-linter", "kube-score")),
    Row("D10", "NODE_ENV ≠ production in prod", "container-node-env"),
    Row("D11", "Secret stringData not a Pulumi secret (plaintext in state)", "secret-plaintext"),
    Row(
        "E01",
        "no readinessProbe",
        "container-readiness-probe",
        ("kube-linter (opt-in)", "kube-score", "checkov", "Polaris"),
    ),
    Row("E02", "no livenessProbe", "container-liveness-probe", ("kube-linter (opt-in)", "checkov", "Polaris")),
    Row("E03", "no startupProbe", "deployment-startup-probe"),
    Row("E04", "liveness identical to readiness", "container-liveness-path", ("kube-score", "Kyverno")),
    Row("E05", "probe port not a container port", "container-probe-port", ("kube-linter",)),
    Row("E06", "liveness period 1 s, failureThreshold 1", "container-liveness-patience"),
    Row(
        "F01",
        "privileged",
        "container-privileged",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F02",
        "allowPrivilegeEscalation: true",
        "container-privilege-escalation",
        ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F03",
        "allowPrivilegeEscalation unset",
        "container-privilege-escalation",
        ("checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F04",
        "runAsNonRoot/runAsUser unset",
        "pod-run-as-non-root",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F05",
        "runAsUser 0",
        "pod-run-as-non-root",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F06",
        "capabilities not dropped",
        "container-capabilities",
        ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row(
        "F07",
        "adds SYS_ADMIN",
        "container-capabilities",
        ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row("F08", "seccompProfile unset", "pod-seccomp", ("kube-score (opt-in)", "checkov", "Kyverno", "Pod Security")),
    Row("F09", "seccomp Unconfined", "pod-seccomp", ("checkov", "Kyverno", "Pod Security")),
    Row(
        "F10",
        "root filesystem writable",
        "container-read-only-root",
        ("kube-linter", "kube-score", "checkov", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row("F11", "hostNetwork", "pod-host-namespaces", ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security")),
    Row("F12", "hostPID", "pod-host-namespaces", ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security")),
    Row("F13", "hostIPC", "pod-host-namespaces", ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security")),
    Row("F14", "hostPath volume", "pod-host-path", ("Kyverno", "Polaris", "Pod Security")),
    Row("F15", "hostPort", "container-host-port", ("checkov", "Kyverno", "Polaris", "Pod Security")),
    Row("F16", "unsafe sysctl", "pod-sysctls", ("kube-linter", "Kyverno", "Pod Security")),
    Row(
        "F17",
        "procMount Unmasked",
        "container-proc-mount",
        ("kube-linter (opt-in)", "Kyverno", "Polaris", "Pod Security"),
    ),
    Row("F18", "probe httpGet.host set (PSS ≥ 1.34)", "container-probe-host", ("Kyverno", "Pod Security")),
    Row("F19", "service-account token automounted", "pod-service-account-token", ("checkov", "Kyverno", "Polaris")),
    Row("F20", "default service account", "pod-service-account", ("kube-linter (opt-in)",)),
    Row("F21", "docker.sock mount", "pod-host-path", ("kube-linter", "checkov", "Kyverno", "Polaris", "Pod Security")),
    Row("F22", "non-core volume type (nfs)", "pod-volume-types", ("Kyverno", "Pod Security")),
    Row("F23", "Namespace without PSA enforce=restricted label", "namespace-pod-security", ("Kyverno",)),
    Row(
        "G01",
        "Service LoadBalancer",
        "service-exposed",
        ("kube-linter (opt-in)", "Kyverno", "Pulumi's compliance policies"),
    ),
    Row("G02", "Service NodePort", "service-exposed", ("kube-linter (opt-in)", "kube-score", "Kyverno")),
    Row("G03", "Service selects no pod", "service-selector", ("kube-linter", "kube-score")),
    Row("G04", "Service targetPort is not a container port", "service-target-port"),
    Row("G05", "Ingress without TLS", "ingress-tls", ("Kyverno", "Polaris")),
    Row("G06", "Ingress backend Service missing", "ingress-backend", ("kube-linter (opt-in)", "kube-score")),
    Row(
        "G07",
        "no NetworkPolicy selects the pods",
        "workload-network-policy",
        ("kube-linter (opt-in)", "kube-score", "checkov", "Polaris"),
    ),
    Row("G08", "NetworkPolicy egress does not allow Mongo/Redis ports the app uses", "network-policy-database-egress"),
    Row("H01", "wildcard ClusterRole", "role-wildcard", ("kube-linter (opt-in)", "checkov", "Kyverno", "Polaris")),
    Row("H02", "cluster-admin binding", "role-binding-cluster-admin", ("kube-linter (opt-in)", "Kyverno", "Polaris")),
    Row("H03", "default namespace", "object-default-namespace", ("kube-linter (opt-in)", "checkov", "Kyverno")),
    Row(
        "H04",
        "standard labels missing",
        "workload-labels",
        ("kube-linter (opt-in)", "Kyverno", "Polaris", "Pulumi's compliance policies"),
    ),
    Row(
        "H05",
        "removed API (autoscaling/v2beta2)",
        "object-api-version",
        ("kube-linter (opt-in)", "Kyverno", "Pulumi's compliance policies"),
    ),
    Row("H06", "no Prometheus scrape annotations", "deployment-metrics-scrape"),
    Row("J01", "electable instanceSize < M30", "atlas-cluster-tier"),
    Row("J02", "backupEnabled not true", "atlas-cluster-backup"),
    Row("J03", "pitEnabled not true", "atlas-cluster-point-in-time"),
    Row("J04", "terminationProtectionEnabled not true", "atlas-cluster-termination-protection"),
    Row("J05", "access list 0.0.0.0/0", "atlas-access-list-public"),
    Row("J06", "access list wider than /16", "atlas-access-list-width"),
    Row("J07", "auto-scaling minInstanceSize < M30 or maxInstanceSize unset", "atlas-cluster-auto-scaling"),
    Row("J08", "electable nodeCount < 3 or even", "atlas-cluster-nodes"),
    Row("J09", "database user with atlasAdmin / *AnyDatabase role", "atlas-user-roles"),
    Row("J10", "MongoDB major version past end of life", "atlas-cluster-version"),
    Row("J11", "disk size outside 10-512 GB (AWS M30) / below runbook", "atlas-cluster-disk"),
    Row("J12", "no BackupSchedule/compliance policy or restore window < 7 days", "atlas-backup-schedule"),
    Row("J13", "database-user password not a Pulumi secret", "atlas-user-password"),
    Row("J14", "minimum TLS below 1.2", "atlas-cluster-tls"),
    Row("J15", "no maintenance window", "atlas-maintenance-window"),
    Row("J16", "retainBackupsEnabled false on a prod cluster", "atlas-cluster-retain-backups"),
    Row("K01", "cluster mode off", "redis-cluster-mode"),
    Row("K02", "fewer than 3 masters + 1 replica each (6 nodes)", "redis-nodes"),
    Row("K03", "no auth, or protected-mode no", "redis-auth"),
    Row("K04", "appendonly no / data on emptyDir", "redis-persistence"),
    Row(
        "K05",
        "Redis Service LoadBalancer",
        "service-exposed",
        ("kube-linter (opt-in)", "Kyverno", "Pulumi's compliance policies"),
    ),
    Row("K06", "no PDB for the Redis StatefulSet", "workload-disruption-budget", ("kube-score",)),
    Row("K07", "requirepass literal in args", "container-secret-argument"),
    Row("K08", "plain-TCP Redis (no tls-port / tls-cluster)", "redis-tls"),
    Row("L01", "(maxPoolSize + 2) x (maxReplicas + surge) > 2,990 per node on M30", "connection-budget"),
    Row("L02", "Redis clients: pods x connections > maxclients", "redis-client-budget"),
    Row("L03", "stateful resource (Atlas cluster/project, Redis PVC) without protect in prod", "stateful-protect"),
    Row("L04", "plan deletes or replaces a stateful prod resource", "plan-stateful-loss"),
    Row("L05", "same PR drops protect and triggers a replace", "plan-protect-dropped"),
    Row("L06", "ignoreChanges hides a guarded field", "option-ignore-changes"),
    Row("L07", "Atlas auto-scale-down lowers the connection limit below L01's need", "connection-budget-floor"),
    Row("L08", "retainOnDelete/StorageClass reclaimPolicy Delete on Redis data", "stateful-retain"),
    Row("L09", "Helm Release (opaque to policies) carries a stateful service", "helm-release-stateful"),
)
"""Every misconfiguration, in the comparison's order."""
