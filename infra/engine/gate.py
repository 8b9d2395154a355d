"""What the policies say of a release and of the engine's plan for it, exemptions of the stack file minded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.errors import PolicyViolation, PreconditionError, RezError
from infra.local.paths import ROOT
from infra.settings.stack_file import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from policies.rule import Finding


def refuse_plan(plan: str, *, stack: str, say: Callable[[str], None], root: Path | None = None) -> None:
    """Refuse a plan that costs data.

    Args:
        plan: The engine's events.
        stack: The stack's name.
        say: Told of what is found but does not block.
        root: The folder of the stack file, None for this project's.

    Raises:
        PolicyViolation: A mandatory rule is broken.
        RezError: The plan cannot be read, so it is not known what it costs.
    """
    from policies.inputs import preview
    from policies.judging.plan import judge_plan

    try:
        steps = preview.read(plan, "the engine's plan").steps
    except ValueError as error:
        raise RezError(str(error)) from None
    _refuse(judge_plan(steps, stack=stack), file=_stack_file(stack, root), say=say)


def refuse_release(
    version: str, *, running: str, known: Collection[str], stack: str, say: Callable[[str], None]
) -> None:
    """Refuse a release that is older than the one that runs and not known from before.

    Args:
        version: What is to run.
        running: What runs, "" if nothing does.
        known: The ledger's versions.
        stack: The stack's name.
        say: Told of what is found but does not block.

    Raises:
        PolicyViolation: A mandatory rule is broken.
    """
    from policies.judging.release import judge_release

    _refuse(judge_release(version, running, known, stack=stack), file=_stack_file(stack, None), say=say)


def _stack_file(stack: str, root: Path | None) -> Path:
    return (root or ROOT) / file_of(stack)


def _refuse(findings: Iterable[Finding], *, file: Path, say: Callable[[str], None]) -> None:
    from policies.rule import Enforcement

    blocking = []
    for finding in _judged(list(findings), file):
        line = f"{finding.rule.id}: {finding.text}"
        if finding.exemption is not None:
            say(f"{finding.rule.id}: {finding.exemption}: {finding.message}")
        elif finding.enforcement is Enforcement.MANDATORY:
            blocking.append(line)
        else:
            say(line)
    if blocking:
        raise PolicyViolation("\n".join(blocking))


def _judged(findings: list[Finding], file: Path) -> list[Finding]:
    """The findings, marked where the stack file exempts them."""
    if not findings:
        return []
    from policies.inputs.stack_file import exemptions
    from policies.judging.exemptions import cover

    try:
        declared = exemptions(file)
    except ValueError as error:
        raise PreconditionError(str(error)) from None
    return cover(findings, [declared], today=datetime.now(UTC).date())
