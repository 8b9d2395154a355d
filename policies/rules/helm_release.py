"""Helm releases: nothing that holds data comes from a chart, whose objects no rule sees and no option protects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.objects.values import reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_STORES: Final = re.compile(
    r"(redis|valkey|keydb|mongo(db)?|psmdb|postgres(ql)?|postgis|timescaledb|pxc|mysql|mariadb|cassandra"
    r"|k8ssandra|scylla|cockroachdb|couchdb|couchbase|elasticsearch|opensearch|kafka|zookeeper|rabbitmq|etcd|minio"
    r"|clickhouse|influxdb|neo4j|dragonfly)(-\w+)*"
)
_HELPERS: Final = re.compile(r".*-(exporter|operator|ui|insight|commander|adapter|proxy|dashboards?|crds?)")
_DECORATION: Final = re.compile(r"(-v?\d+\.\d+\.\d+[^/]*)?\.tgz$|@sha256:[0-9a-f]+$|:[\w.\-]+$")
_STORAGE: Final = (
    "persistence",
    "persistentVolume",
    "persistentVolumeClaim",
    "volumeClaimTemplate",
    "volumeClaimTemplates",
)
_DEPTH: Final = 4


@rule(
    About(
        id="helm-release-stateful",
        severity=Severity.HIGH,
        title="No Helm release carries a service that holds data",
        why="The engine sees one opaque object: no rule judges what is in it, and protect covers none of its volumes",
        remedy="declare the StatefulSet, its Service and its policies as objects of the program",
        snippet="kind: StatefulSet\nspec:\n"
        "  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}\n",
        source="runbook, Technology Stack: Redis 7 (cluster mode); Pulumi documentation, Helm Release",
    ),
    kinds=("Release.helm.sh", "Chart.helm.sh"),
)
def stateful(release: Node) -> Iterator[Violation]:
    """Know a store by its chart's name, and anything else that asks for volumes by its values."""
    if _is_store(release.text("chart")):
        yield release.must("chart", be="be declared as objects of the program, which rules can judge")
        return
    release.mapping("values")  # unknown as a whole, they could hold anything
    for storage in _volumes(release.at("values"), _DEPTH):
        yield storage.must(be="not keep data inside a Helm release", value="turned on")


def _is_store(chart: str) -> bool:
    name = _DECORATION.sub("", chart.strip().rstrip("/")).rpartition("/")[2].lower()
    return _STORES.fullmatch(name) is not None and _HELPERS.fullmatch(name) is None


def _volumes(values: Node, depth: int) -> Iterator[Node]:
    plain = reveal(values.value)
    if not isinstance(plain, dict) or not depth:
        return
    for key in plain:
        part = values.at(key)
        if key in _STORAGE and _turned_on(reveal(part.value)):
            yield part
        else:
            yield from _volumes(part, depth - 1)


def _turned_on(storage: object) -> bool:
    if isinstance(storage, dict):
        return bool(storage) and reveal(storage.get("enabled", True)) is not False
    return isinstance(storage, list) and bool(storage)
