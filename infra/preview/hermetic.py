"""`rez preview --base`: a revision against another, in a throw-away state, without a credential or a cloud.

The base is recorded as if it ran, then the head is planned against it. Both are programs that anybody may have written:
they run with an environment of their own, and what they plan is judged by a fresh copy of the base's policies.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.engine import events
from infra.errors import PreconditionError
from infra.preview import build, digest, dummies, judge, places, relations, stack_text, trees
from infra.preview.plan import Plan
from infra.preview.report import Subject
from infra.preview.sandbox import Sandbox
from infra.preview.workplace import workplace
from infra.settings.inventory import CONFIG_KEY
from infra.settings.stack_file import file_of, plain_secrets
from infra.text import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from infra.preview.report import Report
    from infra.preview.trees import Tree

_POLICIES: Final = "policies/PulumiPolicy.yaml"
_INVENTORY: Final = (
    "import json; from infra.settings.inventory import INVENTORY; print(json.dumps([one.name for one in INVENTORY]))"
)


def preview(root: Path, *, base: str, head: str, stack: str, say: Callable[[str], None]) -> Report:
    """Preview a revision against another.

    Args:
        root: The checkout.
        base: The revision that is taken for what runs; its policies judge.
        head: The revision to preview, or `trees.WORKING_TREE`.
        stack: The stack's name.
        say: Takes one line of progress.

    Returns:
        The report; nothing was touched.

    Raises:
        PreconditionError: There is no such revision, or the base itself cannot be declared.
    """
    with workplace() as folder:
        return _Run(root, folder, stack, say).preview(base, head)


class _Run:
    """One preview.

    Args:
        root: The checkout.
        folder: An empty one; whoever made it removes it.
        stack: The stack's name.
        say: Takes one line of progress.
    """

    def __init__(self, root: Path, folder: Path, stack: str, say: Callable[[str], None]) -> None:
        self._root = root
        self._folder = folder
        self._stack = stack
        self._file = file_of(stack)
        self._say = say
        self._sandbox = Sandbox(folder, stack, root)

    def preview(self, base: str, head: str) -> Report:
        """Record the base, plan the head, judge the plan."""
        before = trees.copy(self._root, base, self._folder / "base")
        if not (before.folder / _POLICIES).is_file():
            raise PreconditionError(
                f"{before.label}: has no {_POLICIES}, and so nothing to judge by; name a later base"
            )
        after = trees.copy(self._root, head, self._folder / "head")
        known, text = (self._text(tree) for tree in (before, after))
        self._say(f"recording {before.label} in a state that is thrown away")
        asked_before = self._record(before, known) if known else []
        self._say(f"previewing {after.label}")
        plan = self._plan(after, text, known, asked_before)
        self._say(f"asking the policies of {before.label}")
        judging = trees.copy(self._root, before.commit, self._folder / "judge")  # the programs could reach the others
        judged, notes = self._judge(judging, plan, known, text)
        subject = Subject(stack=self._stack, base=before.label, head=after.label, judge=before.label)
        notes = [*relations.notes(self._root, judging, after), *plan.notes, *notes]
        return build.report(subject, plan, judged, text, notes, known)

    def _text(self, tree: Tree) -> str:
        """A tree's stack file, "" if it has none."""
        try:
            return (tree.folder / self._file).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise PreconditionError(
                f"{tree.label}: {self._file} cannot be read: {unreadable(error)}; repair it"
            ) from None

    def _inventory(self, tree: Tree) -> list[str]:
        """Names of the secrets that a tree's program asks for; none where it will not even start."""
        done = self._sandbox.python(tree, "-c", _INVENTORY)
        try:
            names = json.loads(done.output)
        except ValueError:
            return []
        return [str(name) for name in names] if isinstance(names, list) else []

    def _record(self, tree: Tree, text: str) -> list[str]:
        """Record the base; gives the secrets that it asks for."""
        self._sandbox.prepare(tree)
        inventory = self._inventory(tree)
        try:
            self._write(tree, dummies.with_dummies(text, inventory))
        except ValueError as error:
            raise PreconditionError(f"{tree.label}: {self._file} {error}") from None
        if why := self._sandbox.declare(tree):
            raise PreconditionError(f"{tree.label} cannot be declared: {why}")
        return inventory

    def _write(self, tree: Tree, text: str) -> None:
        (tree.folder / self._file).write_text(text, encoding="utf-8")

    def _plan(self, tree: Tree, text: str, known: str, asked_before: list[str]) -> Plan:
        if not text:
            return Plan(
                problems=(f"{self._file}: is not there, or empty; stacks are named by their files Pulumi.<stack>.yaml",)
            )
        self._sandbox.prepare(tree)
        inventory = self._inventory(tree)
        try:
            dummy = dummies.with_dummies(text, inventory)
        except ValueError as error:
            return Plan(problems=(f"{self._file}: {error}",))
        plain = plain_secrets(stack_text.section(text, CONFIG_KEY), self._file, self._stack)
        plan = self._run(tree, dummy, first=not known)
        if plan.problems:
            plan = self._despite(plan, tree, dummy, known)
        new = sorted({*inventory} - {*asked_before} - dummies.present(text)) if known else []
        wanting = [f"Secrets that the program did not ask for before, and that need a value: {', '.join(new)}"]
        return plan.also(problems=plain, notes=wanting if new else [])

    def _run(self, tree: Tree, text: str, *, first: bool) -> Plan:
        """Plan a tree with this stack file."""
        self._write(tree, text)
        done = self._sandbox.preview(tree, first=first)
        plan = digest.read(done.output)
        if plan is None:
            return Plan(failures=tuple(str(events.explain(done.errors or done.output, done.code)).splitlines()))
        problems, failures = digest.errors(plan)
        copied = f"{tree.folder}/"  # which is gone when the report is read
        return Plan(plan, tuple(problems), tuple(each.replace(copied, "") for each in failures))

    def _despite(self, refused: Plan, tree: Tree, text: str, known: str) -> Plan:
        """Plan what else a tree would do where settings cannot work: with the base's values for as few as may be."""
        for number, (attempt, replaced) in enumerate(_attempts(refused.problems, text, known)):
            plan = self._run(tree, attempt, first=not known)
            if not plan.problems and plan.digest is not None:
                note = f"The plan is shown as if these settings had the base's values: {', '.join(replaced)}"
                return Plan(plan.digest, refused.problems, plan.failures, (note,))
            if number == 0:  # what only shows once the first problem is out of the way
                refused = refused.also(problems=plan.problems)
        return refused

    def _judge(self, tree: Tree, plan: Plan, known: str, text: str) -> tuple[dict[str, Any], list[str]]:
        """What the policies of a fresh copy of the base say, and which exemptions are new."""
        self._sandbox.prepare(tree)
        agreed, asked = relations.exemptions(known, text)
        file = self._folder / "plan.json"

        def python(*args: str) -> Any:
            return self._sandbox.python(tree, *args)

        self._write(tree, judge.stack_file(agreed))
        shown = plan.digest or digest.NOTHING
        judged = judge.judge(python, digest.without_asked_exemptions(shown), stack=self._stack, file=file)
        if asked:
            self._write(tree, judge.stack_file(asked))
            wrong = judge.judge(python, digest.NOTHING, stack=self._stack, file=file)
            judged["findings"] += wrong["findings"]
        return judged, relations.asked(asked, digest.asked_exemptions(shown))


def _attempts(problems: Iterable[str], text: str, known: str) -> Iterator[tuple[str, list[str]]]:
    """Stack files with the base's values: for the settings that are refused, for their sections, for all."""
    settings = {found for line in problems if (found := places.setting_of(line))}
    above = {setting.rpartition(".")[0] for setting in settings}
    everything = {setting.partition(".")[0] for setting in settings}
    for names in (settings, above, everything):
        attempt, replaced = stack_text.with_values_of(text, known, filter(None, names))
        if replaced:
            yield attempt, replaced
