"""Reading manifests: every document with its lines, the broken one reported, the others kept."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.inputs.manifests import NothingToReadError, read

if TYPE_CHECKING:
    from policies.inputs.loaded import Loaded

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  type: NodePort\n"


def loaded(tmp_path: Path, text: str, name: str = "a.yaml") -> Loaded:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read([str(tmp_path)])


def names(found: Loaded) -> list[str]:
    return [each.name for each in found.resources]


def lines(found: Loaded, *steps: str | int) -> list[int]:
    return [each.source.line_of(steps) for each in found.resources if each.source]


def test_documents_keep_their_own_lines(tmp_path: Path) -> None:
    text = f"# head\n---\n{SERVICE.format(name='a')}---\n# only a comment\n---\n{SERVICE.format(name='b')}"
    found = loaded(tmp_path, text)
    assert names(found) == ["a", "b"]
    assert lines(found, "spec", "type") == [8, 17]
    assert lines(found, "metadata", "labels", "app") == [5, 14]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_broken_document_is_reported_with_its_line_and_the_others_are_read(tmp_path: Path, ending: str) -> None:
    text = f"{SERVICE.format(name='a')}---\nkind: Service\n  bad: [1\n---\n{SERVICE.format(name='b')}"
    found = loaded(tmp_path, text.replace("\n", ending))
    assert names(found) == ["a", "b"]
    (problem,) = found.problems
    assert (Path(problem.file).name, problem.line) == ("a.yaml", 9)
    assert "on line 9" in problem.message


def test_duplicate_key_is_a_broken_document_as_the_api_server_says(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, "kind: Service\nkind: Pod\n").problems
    assert 'duplicate entry with key "kind"' in problem.message


def test_helm_template_is_pointed_to_helm(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, "kind: Service\n{{- if .Values.on }}\nx: 1\n{{ end }}\n").problems
    assert "helm template" in problem.message


def test_list_is_taken_apart_and_its_items_keep_their_lines(tmp_path: Path) -> None:
    item = "- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n  spec:\n    type: NodePort\n"
    found = loaded(tmp_path, f"apiVersion: v1\nkind: List\nitems:\n{item}{item.replace('a}', 'b}')}")
    assert names(found) == ["a", "b"]
    assert lines(found, "spec", "type") == [8, 13]


def test_json_and_merge_keys_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "j"}}, indent="\t"), encoding="utf-8"
    )
    found = loaded(tmp_path, "b: &b {name: m}\napiVersion: v1\nkind: Service\nmetadata:\n  << : *b\n", "b.yaml")
    assert names(found) == ["j", "m"]


def test_other_kinds_and_other_yaml_are_counted(tmp_path: Path) -> None:
    found = loaded(tmp_path, "apiVersion: example.org/v1\nkind: Widget\n---\nreplicas: 3\n---\n- a\n---\ntext\n")
    assert (found.resources, found.ignored, found.problems) == ([], 4, [])


def test_hidden_folders_and_other_endings_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "README.md").write_text("a: [", encoding="utf-8")
    assert loaded(tmp_path, SERVICE.format(name="a")).files == 1


@pytest.mark.parametrize("kind", ["!x LoadBalancer", "!!str LoadBalancer", "! LoadBalancer"])
def test_tags_hide_nothing(tmp_path: Path, kind: str) -> None:
    found = loaded(tmp_path, f"apiVersion: v1\nkind: !k Service\nspec: !m\n  type: {kind}\n")
    assert [each.node.text("spec", "type") for each in found.resources] == ["LoadBalancer"]


@pytest.mark.parametrize(
    ("word", "value"), [("yes", True), ("on # so", True), ("No", False), ("off", False), ('"no"', "no")]
)
def test_words_for_true_and_false_are_read_as_kubectl_does(tmp_path: Path, word: str, value: object) -> None:
    text = (
        f"apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: {word}\n  flow: {{a: {word.split(maxsplit=1)[0]}, b: 1}}\n"
    )
    (resource,) = loaded(tmp_path, text).resources
    assert resource.node.get("spec", "hostNetwork") == value
    assert resource.node.get("spec", "flow", "a") == value


def test_items_of_a_typed_list_are_of_its_kind(tmp_path: Path) -> None:
    found = loaded(
        tmp_path, "apiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: a}\n  spec: {type: NodePort}\n"
    )
    assert [each.kind for each in found.resources] == ["Service"]


@pytest.mark.parametrize("text", ["", "a: 1\n", "[1]\n", '{"steps": []}\n', '{"deployment": {}}\n'])
def test_no_kubernetes_object_at_all_is_said_and_not_passed(tmp_path: Path, text: str) -> None:
    with pytest.raises(NothingToReadError, match="no Kubernetes object to check"):
        loaded(tmp_path, text)


@pytest.mark.parametrize("text", ["password: !!int S3cr3t\n", "password: !!float S3cr3t\n", "? [S3cr3t]\n: 1\n<<: 1\n"])
def test_what_cannot_be_read_is_not_quoted(tmp_path: Path, text: str) -> None:
    (problem,) = loaded(
        tmp_path, f"apiVersion: v1\nkind: ConfigMap\ndata:\n  {text.replace(chr(10), chr(10) + '  ')}"
    ).problems
    assert "S3cr3t" not in problem.message


def test_one_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("kind: Grüße\n".encode("latin-1"))
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / ".#lock.yaml").symlink_to("nobody@nowhere")
    found = loaded(tmp_path, SERVICE.format(name="a"))
    assert names(found) == ["a"]
    assert sorted(Path(each.file).name for each in found.problems) == ["gone.yaml", "latin.yaml", "pipe.yaml"]


def test_json_nested_without_end_is_a_problem(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, '{"a":' * 50_000 + "1" + "}" * 50_000, "deep.json").problems
    assert "nested too deeply" in problem.message


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(SERVICE.format(name="piped")))
    assert names(read(["-"])) == ["piped"]


@pytest.mark.parametrize("path", ["nowhere", "binary.yaml", "empty"])
def test_nothing_to_read_is_one_line(tmp_path: Path, path: str) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToReadError, match=path) as caught:
        read([str(tmp_path / path)])
    assert "\n" not in str(caught.value)


def test_alias_bomb_and_deep_nesting_are_problems_not_hangs(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert loaded(tmp_path, bomb + "---\n" + "[" * 100_000).problems[0].line >= 1


@given(text=st.text(max_size=200) | st.text(alphabet="{}[]:-#&*!|>'\"%@, \n\tab", max_size=80))
def test_any_text_gives_objects_or_problems(text: str) -> None:
    stdin = sys.stdin
    sys.stdin = io.StringIO(text)
    try:
        found = read(["-"])
    except NothingToReadError:
        return
    finally:
        sys.stdin = stdin
    for each in found.resources:
        assert each.source
        assert each.source.line_of(("spec", "x", 0)) >= 1
