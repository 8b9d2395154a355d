"""What runs on this machine, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

from infra.local import context, paths
from infra.local.cluster import lifecycle
from infra.manifests.names import SERVICE
from infra.settings.model import NAMESPACE

_SERVICE = f"{NAMESPACE}/{SERVICE}"
_NO_POLICIES = "NetworkPolicies are declared but not enforced: the bridge network has no policy agent"
_NOT_REAL = (
    _NO_POLICIES,
    "the database is FerretDB behind a local Atlas: one node, no TLS, no transactions, a fifth of the connections",
    "the cache is Debian's Redis 7.0, which gets its security fixes from Debian",
    "no cloud: the LoadBalancer's address is this machine's 127.0.0.1, volumes are folders of this machine",
)
_NOT_SIMULATED = (
    _NO_POLICIES,
    "no database and no cache: nobody would connect to them",
    "no container runs: the API answers nowhere, and there are no metrics for the autoscaler",
)


_NOTHING = "nothing runs here: `make local` starts it"


def service_url() -> str | None:
    """Where the API answers on this machine; None while its Service has no port yet."""
    running = lifecycle.find()
    port = running.services.get(_SERVICE, {}).get("80") if running else None
    return f"http://127.0.0.1:{port}" if port else None


def facts() -> dict[str, Any]:
    """`running`, and if so the nodes, addresses, memory (MiB) and what is not enforced here; else `context`."""
    running = lifecycle.find()
    if not running:
        return {"running": False, "context": context.current()}
    machine = running.machine
    return {
        "running": True,
        "nodes": [n.name for n in machine.node_list()],
        "simulated": machine.simulated,
        "memory_mib": lifecycle.memory_mib(running),
        "api_server": f"https://127.0.0.1:{machine.api_port}",
        "url": service_url(),
        "kubeconfig": str(paths.kubeconfig()),
        "logs": str(machine.log),
        "not_enforced": list(_NOT_SIMULATED if machine.simulated else _NOT_REAL),
    }


def as_json() -> str:
    """The facts as one JSON object."""
    return json.dumps(facts(), indent=2)


def as_text() -> str:
    """The facts as lines, with three commands to try next."""
    known = facts()
    if not known["running"]:
        foreign = known["context"]
        return f"stack local is on context {foreign}: `rez status`" if foreign else _NOTHING
    kind = "SIMULATED nodes (no container runs)" if known["simulated"] else "nodes"
    rows = [
        ("cluster", f"{len(known['nodes'])} {kind}: {', '.join(known['nodes'])}; {known['memory_mib']} MiB resident"),
        ("API", f"{known['url']}/health  {known['url']}/docs" if known["url"] else "not published on this machine"),
        ("API server", f"{known['api_server']}  (KUBECONFIG={known['kubeconfig']})"),
        ("logs", known["logs"]),
        *(("note", line) for line in known["not_enforced"]),
        ("try next", ". .venv/bin/activate"),
        ("", "rez status"),
        ("", "rez deploy v2"),
        ("", "rez pulumi preview --stack local"),
    ]
    return "\n".join(f"{name:<11}{text}" for name, text in rows)
