"""How two revisions stand to each other, as far as a reader of a preview must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.preview import stack_text, trees
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from infra.preview.trees import Tree


def notes(root: Path, base: Tree, head: Tree) -> Iterator[str]:
    """Say what makes a comparison less than it seems.

    Args:
        root: The checkout.
        base: A fresh copy of the base.
        head: The head.
    """
    if not trees.contains(root, base.commit, of=head.commit):
        yield (
            f"{head.label} lacks commits of {base.label}: what they did shows here as undone; bring them in, or name "
            "the commit where both parted (`git merge-base`)"
        )
    if _policies(base.folder) != _policies(head.folder):
        yield "The policies differ: those of the base judge, those of the head only once they are merged"


def exemptions(known: str, text: str) -> tuple[list[Any], list[Any]]:
    """Tell the exemptions that both stack files have from those that only the newer one has.

    An exemption counts once it is merged: nobody sets aside the rule by which their own change is judged.

    Args:
        known: The base's stack file.
        text: The head's.
    """
    before, after = stack_text.exemptions(known), stack_text.exemptions(text)
    return [each for each in after if each in before], [each for each in after if each not in before]


def asked(entries: Sequence[Any], annotated: Sequence[tuple[str, str]]) -> list[str]:
    """One line for each exemption that is asked for.

    Args:
        entries: Those of the stack file.
        annotated: Those of objects: URN and text of each.
    """
    lines = [line(_described(entry)) for entry in entries]
    lines += [line(f"{text}, by an annotation of {urn.rpartition('::')[2]}") for urn, text in annotated]
    return [f"An exemption is asked for; it counts once it is merged: {each}" for each in lines]


def _described(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    what = f"{entry.get('rule')} for {entry.get('resource') or 'no object'}"
    return f"{what} until {entry.get('expires')}, {entry.get('owner')}: {entry.get('reason')}"


def _policies(folder: Path) -> dict[str, bytes]:
    """Everything that the policies' verdict depends on, apart from exemptions."""
    files = [*(folder / "policies").rglob("*.py"), folder / "infra" / "quantities.py"]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}
