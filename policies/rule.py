"""What a rule is and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from policies.judging.exemption import Exemption
    from policies.judging.step import Plan, PlanStep
    from policies.objects.graph import Graph
    from policies.objects.node import Node, Step, Violation
    from policies.objects.options import Options
    from policies.objects.resources import Resource

Check = Callable[["Node"], Iterator["Violation"]]
GraphCheck = Callable[["Node", "Graph"], Iterator["Violation"]]
OptionCheck = Callable[["Node", "Options"], Iterator["Violation"]]
PlanCheck = Callable[["Node", "PlanStep", "Plan"], Iterator["Violation"]]
ReleaseCheck = Callable[["Node", str, Collection[str]], Iterator["Violation"]]


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


class Scope(Enum):
    """What a rule has to see."""

    OBJECT = "each object"
    STACK = "whole stack"
    OPTIONS = "Pulumi's options"
    PLAN = "plan"
    RELEASE = "release"
    EXEMPTION = "exemptions"


class About(NamedTuple):
    """What a person is told about a rule.

    Attributes:
        id: Its name for good, as in `deployment-cpu-limit`.
        severity: How bad breaking it is.
        title: What must hold, one line.
        why: What it protects from, one line.
        remedy: What to do, one line.
        snippet: YAML that satisfies it.
        source: Where it comes from.
        settings: The settings of the stack file that the value comes from, as in `api.memory.limit`.
        exemptable: Whether an exemption may set it aside.
    """

    id: str
    severity: Severity
    title: str
    why: str
    remedy: str
    snippet: str
    source: str
    settings: tuple[str, ...] = ()
    exemptable: bool = True


class Rule(NamedTuple):
    """A rule about objects of some kinds.

    Attributes:
        about: What a person is told.
        scope: What it has to see.
        kinds: The kinds it judges, as `Deployment.apps`, or Pulumi's type tokens; none for a plan's or a release's.
        each: Picks the parts of the object that are judged one by one, so that an unknown part hides no other.
        check: Judges one part: alone, or with what its scope shows (`GraphCheck`, `OptionCheck`, `PlanCheck`, …).
        enforcement: What a violation does.
        production_only: Whether the stack `local` is left alone.
        needs_all: Whether nothing can be said before every object of the stack is seen, Secrets included.
    """

    about: About
    scope: Scope
    each: Callable[[Node], Iterable[Node]]
    check: Callable[..., Iterator[Violation]]
    kinds: tuple[str, ...] = ()
    enforcement: Enforcement = Enforcement.MANDATORY
    production_only: bool = False
    needs_all: bool = False

    @property
    def id(self) -> str:
        """The rule's name."""
        return self.about.id


class Finding(NamedTuple):
    """What a rule says about one object.

    Attributes:
        rule: The rule.
        outcome: Violation, undetermined, or the rule's own defect.
        enforcement: What it does to the update.
        resource: The object.
        field: The field's path, "" for a defect.
        steps: The same path, step by step.
        message: Object, field, value, limit.
        remediation: What to do.
        exemption: What sets it aside.
    """

    rule: Rule
    outcome: Outcome
    enforcement: Enforcement
    resource: Resource
    field: str
    steps: tuple[Step, ...]
    message: str
    remediation: str
    exemption: Exemption | None = None

    @property
    def text(self) -> str:
        """The message with the remedy on a second line."""
        return f"{self.message}\nRemedy: {self.remediation}"


def whole(node: Node) -> Iterable[Node]:
    """Judge the object as one."""
    return (node,)


def rule(about: About, *, kinds: tuple[str, ...], **more: Any) -> Callable[[Check], Rule]:
    """Make a rule of a function that judges an object alone.

    Args:
        about: What a person is told.
        kinds: The kinds it judges.
        **more: Other attributes of `Rule`.

    Returns:
        The decorator.
    """
    return lambda check: _make(Scope.OBJECT, about, check, kinds=kinds, **more)


def graph_rule(about: About, *, kinds: tuple[str, ...], **more: Any) -> Callable[[GraphCheck], Rule]:
    """Make a rule of a function that judges an object among all objects of the stack.

    Args:
        about: What a person is told.
        kinds: The kinds it judges.
        **more: Other attributes of `Rule`.

    Returns:
        The decorator.
    """
    return lambda check: _make(Scope.STACK, about, check, kinds=kinds, **more)


def option_rule(about: About, *, kinds: tuple[str, ...], **more: Any) -> Callable[[OptionCheck], Rule]:
    """Make a rule of a function that judges an object by Pulumi's options; inputs without options are left alone.

    Args:
        about: What a person is told.
        kinds: The kinds it judges.
        **more: Other attributes of `Rule`.

    Returns:
        The decorator.
    """
    return lambda check: _make(Scope.OPTIONS, about, check, kinds=kinds, **more)


def plan_rule(about: About, **more: Any) -> Callable[[PlanCheck], Rule]:
    """Make a rule of a function that judges what a plan does to a resource; the node is what exists, if anything does.

    Args:
        about: What a person is told.
        **more: Other attributes of `Rule`.

    Returns:
        The decorator.
    """
    return lambda check: _make(Scope.PLAN, about, check, **more)


def release_rule(about: About, **more: Any) -> Callable[[ReleaseCheck], Rule]:
    """Make a rule of a function that judges a release by the one that runs and the versions that are known.

    Args:
        about: What a person is told.
        **more: Other attributes of `Rule`.

    Returns:
        The decorator.
    """
    return lambda check: _make(Scope.RELEASE, about, check, **more)


def _make(scope: Scope, about: About, check: Callable[..., Iterator[Violation]], **more: Any) -> Rule:
    return Rule(scope=scope, about=about, check=check, **{"each": whole, **more})
