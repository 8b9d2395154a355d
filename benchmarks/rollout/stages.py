"""Timelines as kwok plays them: one Stage for each entry, in the order in which the kubelet said it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.rollout.timeline import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TIMELINE = "rez.benchmark/timeline"
"""Label of a pod template: what its pods do."""

STEP = "rez.benchmark/step"
"""Annotation of a pod: the entry of its timeline that was played last."""

CUSTOM = {"kwok.x-k8s.io/status": "custom"}
"""Annotation of the pods that the local system's own kwok leaves alone."""

_STEP_KEY = f'.metadata.annotations["{STEP}"]'
_LEAVING = ".metadata.deletionTimestamp"
_ADDRESS = '{{ PodIPWith .spec.nodeName false ( or .metadata.uid "" ) ( or .metadata.name "" ) "" | Quote }}'
_IMAGE = "{{ ( index .spec.containers 0 ).image | Quote }}"
_POD = {"apiGroup": "v1", "kind": "Pod"}


def config(timelines: Mapping[str, list[dict[str, Any]]]) -> str:
    """The configuration of a kwok that plays these timelines."""
    idle = {"matchExpressions": [{"key": ".metadata.name", "operator": "In", "values": ["no node at all"]}]}
    stages = [
        _stage("no-node", {"apiGroup": "v1", "kind": "Node"}, idle, {"statusTemplate": "phase: Running"}),
        *(stage for name, entries in timelines.items() for stage in _played(name, entries)),
    ]
    return yaml.safe_dump_all(stages)


def _played(name: str, entries: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step, entry in enumerate(entries):
        before = _is(_STEP_KEY, "In", str(step - 1)) if step else _is(_STEP_KEY, "DoesNotExist")
        selector = {"matchLabels": {TIMELINE: name}, "matchExpressions": [_is(_LEAVING, "DoesNotExist"), before]}
        # The step goes first: what follows finds it done, and is not played twice.
        patches = [{"root": "metadata", "type": "merge", "template": json.dumps({"annotations": {STEP: str(step)}})}]
        if "status" in entry:
            patches.append({"subresource": "status", "root": "status", "type": "merge", "template": _text(entry)})
        following: dict[str, Any] = {"patches": patches}
        if "event" in entry:
            following["event"] = entry["event"]
        yield _stage(f"{name}-{step}", _POD, selector, following, round(entry["after_s"] * 1000))


def _text(entry: Mapping[str, Any]) -> str:
    lists = {key: _named(each) for key, each in entry["status"].items() if key.endswith("ontainerStatuses")}
    said = json.dumps({**entry["status"], **lists, "podIP": "@ADDRESS@"})
    said = said.replace(f'"{NOW}"', "{{ Now | Quote }}").replace('"@ADDRESS@"', _ADDRESS)
    return said.replace('"@IMAGE@"', _IMAGE)


def _named(statuses: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**status, "image": "@IMAGE@"} for status in statuses]


def _is(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def _stage(name: str, ref: object, selector: object, following: object, delay_ms: int = 0) -> dict[str, Any]:
    delay = {"durationMilliseconds": delay_ms}
    spec = {"resourceRef": ref, "selector": selector, "delay": delay, "next": following}
    return {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Stage", "metadata": {"name": name}, "spec": spec}
