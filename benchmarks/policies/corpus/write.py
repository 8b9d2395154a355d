"""Writes the corpus: one file for each application, several documents in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.policies.corpus import access, scale, settings, traffic, workloads
from benchmarks.policies.corpus.app import App

if TYPE_CHECKING:
    from pathlib import Path


class _Dumper(yaml.CSafeDumper):
    """Writes YAML as people do: blocks everywhere, also for texts of several lines, and no anchors."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class names it
        """Repeat what occurs twice."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _web(app: App) -> list[dict[str, Any]]:
    return [
        workloads.deployment(app),
        traffic.service(app),
        settings.config_map(app),
        traffic.ingress(app),
        scale.autoscaler(app),
        scale.budget(app),
        traffic.network_policy(app),
        access.role(app),
    ]


def _backend(app: App) -> list[dict[str, Any]]:
    return [
        workloads.deployment(app),
        workloads.deployment(app, "worker"),
        traffic.service(app),
        settings.config_map(app),
        scale.autoscaler(app),
        scale.budget(app),
        access.account(app),
        access.role(app),
        access.binding(app),
    ]


def _store(app: App) -> list[dict[str, Any]]:
    return [
        workloads.stateful_set(app),
        traffic.service(app, "store"),
        traffic.service(app, "store", "-headless"),
        settings.config_map(app, "store"),
        settings.config_map(app, "backup"),
        scale.budget(app, "store"),
        traffic.network_policy(app, "store"),
        workloads.cron_job(app, "backup"),
    ]


def _batch(app: App) -> list[dict[str, Any]]:
    return [
        workloads.cron_job(app, "import"),
        workloads.cron_job(app, "report"),
        settings.config_map(app, "import"),
        workloads.deployment(app),
        traffic.service(app),
        scale.autoscaler(app),
        scale.budget(app),
        traffic.network_policy(app),
        traffic.ingress(app),
    ]


_SHAPES = (_web, _backend, _store, _batch)


def write(folder: Path, applications: int) -> int:
    """Write so many applications, each into a file of its own; the first ones are the same in every corpus.

    Returns:
        How many objects they have: 850 in 100 applications.
    """
    folder.mkdir()
    count = 0
    for app in map(App, range(applications)):
        objects = _SHAPES[app.number % len(_SHAPES)](app)
        documents = "".join(f"---\n{_block(item)}" for item in objects)
        (folder / f"{app.name}.yaml").write_text(f"# {app.name}: owned by {app.namespace}\n{documents}")
        count += len(objects)
    return count


def write_one(folder: Path) -> int:
    """Write a single small object: what a run costs before it has anything to do.

    Returns:
        How many objects that are: 1.
    """
    folder.mkdir()
    (folder / "one.yaml").write_text(_block(settings.config_map(App(0))))
    return 1


def _block(item: dict[str, Any]) -> str:
    return yaml.dump(item, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=120)
