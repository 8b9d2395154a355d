"""What a rule is and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.graph import Graph
    from policies.node import Node, Violation

Check = Callable[["Node"], Iterator["Violation"]]
GraphCheck = Callable[["Node", "Graph"], Iterator["Violation"]]


class Severity(Enum):
    """How bad it is when the rule is broken."""

    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Enforcement(Enum):
    """What a finding does to the update."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"


class Outcome(Enum):
    """How a finding came to be."""

    VIOLATION = "violation"
    UNDETERMINED = "undetermined"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a person is told about a rule.

    Attributes:
        id: Its name for good, as in `deployment-cpu-limit`.
        severity: How bad breaking it is.
        title: What must hold, one line.
        why: What it protects from, one line.
        remedy: What to do, one line.
        snippet: YAML that satisfies it.
        source: Where it comes from.
    """

    id: str
    severity: Severity
    title: str
    why: str
    remedy: str
    snippet: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule about objects of some kinds, each judged alone or among all objects of the stack.

    Attributes:
        about: What a person is told.
        kinds: The kinds it judges, as `Deployment.apps`.
        each: Picks the parts of the object that are judged one by one, so that an unknown part hides no other.
        check: Judges one part; None if the rule needs the whole stack.
        graph_check: Judges one part among all objects of the stack.
        enforcement: What a violation does.
    """

    about: About
    kinds: tuple[str, ...]
    each: Callable[[Node], Iterable[Node]]
    check: Check | None = None
    graph_check: GraphCheck | None = None
    enforcement: Enforcement = Enforcement.MANDATORY

    @property
    def id(self) -> str:
        """The rule's name."""
        return self.about.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says about one object.

    Attributes:
        rule: The rule.
        outcome: Violation, undetermined, or the rule's own defect.
        enforcement: What it does to the update.
        kind: The object's kind.
        namespace: Its namespace, "" if it has none.
        name: Its name.
        field: The field's path, "" for a defect.
        message: Object, field, value, limit; and the remedy on a second line.
    """

    rule: Rule
    outcome: Outcome
    enforcement: Enforcement
    kind: str
    namespace: str
    name: str
    field: str
    message: str


def whole(node: Node) -> Iterable[Node]:
    """Judge the object as one."""
    return (node,)


def rule(
    about: About, *, kinds: tuple[str, ...], each: Callable[[Node], Iterable[Node]] = whole
) -> Callable[[Check], Rule]:
    """Make a rule of a function that judges an object alone.

    Args:
        about: What a person is told.
        kinds: The kinds it judges.
        each: Picks the parts that are judged one by one.

    Returns:
        The decorator.
    """
    return lambda check: Rule(about=about, kinds=kinds, each=each, check=check)


def graph_rule(
    about: About, *, kinds: tuple[str, ...], each: Callable[[Node], Iterable[Node]] = whole
) -> Callable[[GraphCheck], Rule]:
    """Make a rule of a function that judges an object among all objects of the stack.

    Args:
        about: What a person is told.
        kinds: The kinds it judges.
        each: Picks the parts that are judged one by one.

    Returns:
        The decorator.
    """
    return lambda check: Rule(about=about, kinds=kinds, each=each, graph_check=check)
