"""What a reader must know of two revisions."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from infra.preview import relations, trees
from tests.preview.test_trees import commit, repository  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "{rule: a, resource: R x, reason: why, owner: me, expires: 2026-12-31}"
SECOND = "{rule: b, reason: why, owner: me, expires: 2026-12-31}"


def stack_file(*entries: str) -> str:
    return f"config:\n  rez-infra:exemptions: [{', '.join(entries)}]\n"


def test_an_exemption_counts_where_both_revisions_have_it() -> None:
    agreed, asked = relations.exemptions(stack_file(FIRST), stack_file(FIRST, SECOND))
    assert [each["rule"] for each in agreed] == ["a"]
    assert [each["rule"] for each in asked] == ["b"]
    assert relations.exemptions(stack_file(FIRST), stack_file()) == ([], [])


def test_a_prolonged_exemption_is_a_new_one() -> None:
    agreed, asked = relations.exemptions(stack_file(FIRST), stack_file(FIRST.replace("2026", "2999")))
    assert (agreed, len(asked)) == ([], 1)


def test_what_is_asked_for_is_told_with_everything() -> None:
    _, asked = relations.exemptions("", stack_file(FIRST, SECOND, "odd"))
    lines = relations.asked(asked, [("urn:pulumi:p::r::t::db", "[]")])
    assert "a for R x until 2026-12-31, me: why" in lines[0]
    assert "b for no object" in lines[1]
    assert "odd" in lines[2]
    assert "annotation of db" in lines[3]
    assert all("counts once it is merged" in each for each in lines)


def test_a_base_that_has_gone_on_and_other_policies_are_told(repository: Path) -> None:  # noqa: F811
    (repository / "policies").mkdir()
    (repository / "policies" / "limits.py").write_text("LIMIT = 1\n")
    commit(repository)
    (repository / "new").touch()
    commit(repository)
    head = trees.copy(repository, "main~1", repository.parent / "head")
    base = trees.copy(repository, "main", repository.parent / "base")
    (behind,) = relations.notes(repository, base, head)
    assert "lacks commits" in behind
    (head.folder / "policies" / "limits.py").write_text("LIMIT = 2\n")
    _, differ = relations.notes(repository, base, head)
    assert "policies differ" in differ
    shutil.rmtree(head.folder / "policies")
    assert list(relations.notes(repository, head, base)) == [differ]
