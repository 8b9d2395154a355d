"""Records fixtures from a local system, simulated or not: `python tests/drift/record.py [BEHAVIOUR…]`.

Each object is changed as a person would, read as `rez drift` reads it, and put back. Secrets are not recorded.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.cluster import Cluster
from infra.drift import declared
from infra.engine import Engine
from infra.local import paths
from infra.operations import drift

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.drift.declared import Declared
    from infra.manifests import Manifest

FIXTURES = Path(__file__).parent / "fixtures"
STACK = "local"
API = ("-n", "production", "deployment/merchant-backend")
HPA = ("-n", "production", "hpa/merchant-backend-hpa")
SERVICE = ("-n", "production", "service/merchant-backend-service")
KINDS = {
    "config_map": "ConfigMap",
    "deployment": "Deployment",
    "hpa": "HorizontalPodAutoscaler",
    "namespace": "Namespace",
    "network_policy": "NetworkPolicy",
    "service": "Service",
}
OTHER_IMAGE = "docker.io/rezapp/merchant-backend@sha256:" + 64 * "7"


@dataclass(frozen=True)
class World:
    """The running system."""

    cluster: Cluster
    stack: declared.Stack

    def kubectl(self, *args: str, editor: str = "", given: str | None = None) -> None:
        tools = json.loads((paths.run() / "machine.json").read_text())["tools"]
        kubectl = Path(tools["kube-apiserver"]).with_name("kubectl")
        command = [str(kubectl), f"--kubeconfig={paths.kubeconfig()}", *args]
        subprocess.run(command, check=True, text=True, input=given, env=os.environ | {"KUBE_EDITOR": editor})

    def patch(self, target: tuple[str, ...], *operations: Manifest) -> None:
        self.kubectl("patch", *target, "--type=json", "-p", json.dumps(operations))

    def one(self, behaviour: str) -> Declared:
        kind = KINDS[behaviour.partition("/")[0]]
        name = "allow-internet" if kind == "NetworkPolicy" else ""
        return next(each for each in self.stack.objects if each.ref.kind == kind and each.ref.name.startswith(name))

    def live(self, each: Declared) -> Manifest | None:
        ref = each.ref
        return self.cluster.get(ref.api_version, ref.kind, ref.name, ref.namespace or None)


def replace(path: str, value: Any, op: str = "replace") -> Manifest:
    return {"op": op, "path": path, "value": value}


def edit_memory(world: World, _: Declared) -> None:
    world.kubectl("edit", *API, editor="sed -i 's/memory: 1Gi/memory: 768Mi/'")


def edit_memory_and_back(world: World, _: Declared) -> None:
    edit_memory(world, _)
    world.kubectl("edit", *API, editor="sed -i 's/memory: 768Mi/memory: 1Gi/'")


def sidecar_first(world: World, each: Declared) -> None:
    api = json.dumps(each.manifest["spec"]["template"]["spec"]["containers"][0])
    container = json.loads(api.replace('"http"', '"debug"').replace("3000", "3001"))
    added = {"name": "debug", "env": [{"name": "TRACE", "value": "recorded-value-to-hide"}], "envFrom": []}
    world.patch(API, replace("/spec/template/spec/containers/0", container | added, "add"))


def under_the_engines_name(world: World, each: Declared) -> None:
    manifest = copy.deepcopy(each.manifest)
    manifest["spec"]["paused"] = True
    world.cluster.apply(manifest)


def autoscaled(world: World, each: Declared) -> None:
    world.patch(HPA, replace("/spec/minReplicas", 4))
    deadline = time.monotonic() + 60
    while (world.live(each) or {})["spec"]["replicas"] != 4:
        if time.monotonic() > deadline:
            raise TimeoutError("the autoscaler does nothing")
        time.sleep(0.5)
    world.patch(HPA, replace("/spec/minReplicas", 3))


def recreated(world: World, each: Declared) -> None:
    ref = each.ref
    manifest = copy.deepcopy(each.manifest)
    manifest["data"]["PORT"] = "4000"
    world.kubectl("delete", "configmap", ref.name, "-n", ref.namespace)
    world.kubectl("create", "-f", "-", given=json.dumps(manifest))


BEHAVIOURS: dict[str, Callable[[World, Declared], None]] = {
    "config_map/recreated": recreated,
    "deployment/autoscaled": autoscaled,
    "deployment/edited": edit_memory,
    "deployment/edited-and-back": edit_memory_and_back,
    "deployment/env-added": lambda world, _: world.kubectl("set", "env", *API, "DEBUG=recorded-value-to-hide"),
    "deployment/image-set": lambda world, _: world.kubectl("set", "image", *API, f"api={OTHER_IMAGE}"),
    "deployment/removed-field": lambda world, _: world.patch(API, {"op": "remove", "path": "/spec/minReadySeconds"}),
    "deployment/restarted": lambda world, _: world.kubectl("rollout", "restart", *API),
    "deployment/scaled": lambda world, _: world.kubectl("scale", *API, "--replicas=5"),
    "deployment/sidecar-first": sidecar_first,
    "deployment/unchanged": lambda _, __: None,
    "deployment/under-the-engines-name": under_the_engines_name,
    "hpa/patched": lambda world, _: world.patch(HPA, replace("/spec/minReplicas", 4)),
    "namespace/unchanged": lambda _, __: None,
    "network_policy/opened": lambda world, _: world.patch(
        ("-n", "production", "networkpolicy/allow-internet"), replace("/spec/egress/0/ports", [{"port": 25}])
    ),
    "service/annotated": lambda world, _: world.kubectl("annotate", *SERVICE, "example.com/internal=true"),
    "service/deleted": lambda world, _: world.kubectl("delete", *SERVICE),
}


def put_back(world: World, each: Declared) -> None:
    """Make the object anew, so that nobody but the engine has any of its fields."""
    ref = each.ref
    if ref.kind != "Namespace":
        world.cluster.delete(ref.api_version, ref.kind, ref.name, ref.namespace or None, propagation="Foreground")
        while world.live(each):
            time.sleep(0.2)
    world.cluster.apply(each.manifest, force=True)


def record(world: World, behaviour: str) -> None:
    each = world.one(behaviour)
    others = [world.one("hpa/")] if behaviour == "deployment/autoscaled" else []
    put_back(world, each)
    if each.ref.kind == "Deployment":
        world.kubectl("rollout", "status", *API, "--timeout=120s")
    try:
        BEHAVIOURS[behaviour](world, each)
        seen = drift._see(world.cluster, each)
    finally:
        for changed in (each, *others):
            put_back(world, changed)
    file = FIXTURES / f"{behaviour}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"declared": each.manifest, **vars(seen)}, indent=1) + "\n")


def main(wanted: list[str]) -> None:
    stack = declared.read(Engine(STACK).state(), stack=STACK)
    world = World(Cluster.connect(kubeconfig=paths.kubeconfig()), stack)
    for behaviour in wanted or BEHAVIOURS:
        record(world, behaviour)
        print(f"recorded {behaviour}")


if __name__ == "__main__":
    main(sys.argv[1:])
