"""Node's heap: collected before the kernel kills the container."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from infra.quantities import MIB
from policies.cluster.amounts import amount
from policies.cluster.fleet import UnseenError, values
from policies.cluster.pods import WORKLOADS, containers, environment
from policies.limits import HEAP_PERCENT, METRICS_SOURCE
from policies.objects.values import Secret, reveal
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_FLAG: Final = r"--max[-_]old[-_]space[-_]size"
_CAP: Final = re.compile(rf"{_FLAG}[=\s]\s*[\"']?(\d{{1,9}})", re.ASCII)
_ALONE: Final = re.compile(_FLAG)
_VARIABLE: Final = "NODE_OPTIONS"


@rule(
    About(
        id="container-heap-cap",
        severity=Severity.HIGH,
        title=f"Node's heap is capped at {HEAP_PERCENT} % of the container's memory limit or less",
        why="Buffers, stacks and code need the rest: above the limit the kernel kills the pod instead of a collection",
        remedy="lower --max-old-space-size; 768 of 1Gi, as Node's documentation advises, three quarters",
        snippet="""\
env:
  - {name: NODE_OPTIONS, value: --max-old-space-size=768}
resources:
  limits: {memory: 1Gi}
""",
        source=f"{METRICS_SOURCE} (Memory Usage: target below {HEAP_PERCENT} %); Out of Memory",
        settings=("api.memory.heap_cap", "api.memory.limit"),
    ),
    kinds=WORKLOADS,
    each=containers,
)
def heap_cap(container: Node) -> Iterator[Violation]:
    """Compare every cap with the limit; without a limit there is nothing to compare with."""
    for at, cap_mib in (*_in_variables(container), *_in_command(container)):
        yield from _compared(container, at, cap_mib)


@graph_rule(
    About(
        id="container-heap-cap-config",
        severity=Severity.HIGH,
        title=f"A heap cap that a ConfigMap or a Secret sets is {HEAP_PERCENT} % of the memory limit or less too",
        why="The pod does not show it: whoever raises it there has the kernel kill every pod that reads it",
        remedy="lower --max-old-space-size in the object that sets it; 768 of 1Gi, as Node's documentation advises",
        snippet="kind: ConfigMap\ndata: {NODE_OPTIONS: --max-old-space-size=768}\n",
        source=f"{METRICS_SOURCE} (Memory Usage: target below {HEAP_PERCENT} %); Out of Memory",
        settings=("api.memory.heap_cap", "api.memory.limit"),
    ),
    kinds=WORKLOADS,
    each=containers,
)
def heap_cap_config(container: Node, graph: Graph) -> Iterator[Violation]:
    """Read the variable where it is another object's; one that is not among the files says nothing."""
    own = [variable for variable in environment(container) if reveal(variable.at("name").value) == _VARIABLE]
    if own and not own[-1].mapping("valueFrom"):
        return
    at = own[-1].at("valueFrom") if own else container.at("envFrom")
    try:
        held = values(container, graph, (_VARIABLE,)).get(_VARIABLE)
    except UnseenError:
        return
    text = reveal(held)
    for _, cap_mib in _caps(at, text if isinstance(text, str) else ""):
        yield from _compared(container, at, cap_mib, secret=isinstance(held, Secret))


def _compared(container: Node, at: Node, cap_mib: int, *, secret: bool = False) -> Iterator[Violation]:
    limit = amount(container, "limits", "memory")
    if limit is not None and cap_mib * MIB * 100 > limit * HEAP_PERCENT:
        most = f"be at most {limit * HEAP_PERCENT // 100 // MIB} MiB, {HEAP_PERCENT}% of the memory limit"
        masked = secret or isinstance(at.value, Secret)
        yield at.must(be=most, value="a larger heap, set by a secret" if masked else f"a heap of {cap_mib} MiB")


def _in_variables(container: Node) -> Iterator[tuple[Node, int]]:
    for variable in environment(container):
        if variable.text("name") == _VARIABLE:
            yield from _caps(variable.at("value"), variable.text("value"))


def _in_command(container: Node) -> Iterator[tuple[Node, int]]:
    """Look through the words; a word that is not known yet is no cap, or every unknown argument would block."""
    flag = ""
    for word in chain(container.each("command"), container.each("args")):
        text = reveal(word.value)
        if isinstance(text, str):
            yield from _caps(word, f"{flag}{text}")
            flag = f"{text} " if _ALONE.fullmatch(text) else ""


def _caps(at: Node, text: str) -> Iterator[tuple[Node, int]]:
    for found in _CAP.finditer(text):
        yield at, int(found[1])
