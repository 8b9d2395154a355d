"""Kubernetes manifests: YAML or JSON files, folders of them, or standard input."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from ryaml import InvalidYamlError, loads

from policies.inputs.loaded import Loaded, Problem
from policies.objects.resources import from_manifest
from policies.objects.source import Source
from policies.registry import judged_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.objects.node import Step

STDIN: Final = "-"
_ENDINGS: Final = (".yaml", ".yml", ".json")
_SEPARATOR: Final = re.compile(r"---(?<=^---)(?=\s|$)", re.MULTILINE)
"""Looked for by its dashes: an expression that begins with ^ is tried at every character."""
_CONTENT: Final = re.compile(r"^(?!\s*#|%|\.\.\.\s*$)\s*\S", re.MULTILINE)
_LINE: Final = re.compile(r"at line (\d+)")
_TEMPLATE: Final = re.compile(r"\{\{.*\}\}")
_OLDER_YAML: Final = re.compile(
    r"<<|(?:^|[\s\[{,])!|[:\-] +(?:[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)[ \t]*(?:#.*|[,}\]].*)?$", re.MULTILINE
)
"""Merge keys, tags and other words for true and false: as in YAML 1.1 to kubectl, which drops unknown tags."""
_QUOTING: Final = re.compile(r"invalid (type|value|literal)|could not|unhashable|constructor")
"""Reasons that quote a value, which may be a credential."""


class NothingToReadError(ValueError):
    """A path that is not there, or a folder without manifests: one line that says which."""


def read(paths: Sequence[str]) -> Loaded:
    """Read manifests.

    Args:
        paths: Files, folders (every .yaml, .yml and .json below them, hidden folders aside), or `-`.

    Returns:
        The objects, what could not be read, and how many documents no rule knows.

    Raises:
        NothingToReadError: A path is not there or cannot be read, or there is no manifest in all of them.
    """
    loaded = Loaded()
    objects = 0
    for file in paths:
        if file != STDIN and os.path.isdir(file):  # noqa: PTH112 - a thousand Path objects cost more than the files
            objects += _folder(file, loaded)
        else:
            objects += _read_text(text(file), file, loaded)
            loaded.files += 1
    if not loaded.files:
        raise NothingToReadError(f"{', '.join(paths)}: no .yaml, .yml or .json file to check")
    if not objects and not loaded.problems:
        hint = "a preview or a state needs --preview or --state"
        raise NothingToReadError(f"{', '.join(paths)}: no Kubernetes object to check; {hint}")
    return loaded


def _folder(folder: str, loaded: Loaded) -> int:
    """Read a folder; a file that cannot be read keeps no other from being checked."""
    objects = 0
    for file in _below(folder, loaded):
        try:
            objects += _read_text(text(file), file, loaded)
            loaded.files += 1
        except NothingToReadError as error:
            loaded.problems.append(Problem(file, 1, str(error)))
    return objects


def _below(folder: str, loaded: Loaded) -> Iterator[str]:
    def unreadable(error: OSError) -> None:
        loaded.problems.append(Problem(str(error.filename), 1, f"cannot be read: {error.strerror}"))

    for place, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        wanted = (name for name in sorted(names) if name.endswith(_ENDINGS) and not name.startswith("."))
        yield from (os.path.join(place, name) for name in wanted)  # noqa: PTH118 - as above


def text(file: str) -> str:
    """Read a file, or standard input for `-`.

    Raises:
        NothingToReadError: It is not there, or no text.
    """
    try:
        if file == STDIN:
            whole = sys.stdin.read().removeprefix("\ufeff")
            whole.encode()
            return whole
        if not os.path.isfile(file) and os.path.exists(file):  # noqa: PTH110, PTH113 - as above
            raise NothingToReadError(f"{file}: is no regular file; name another")
        with open(file, encoding="utf-8-sig") as opened:  # noqa: PTH123 - as above
            return opened.read()
    except OSError as error:
        raise NothingToReadError(
            f"{file}: cannot be read: {error.strerror}; name a file or folder of manifests"
        ) from None
    except UnicodeError:
        raise NothingToReadError(f"{file}: is not UTF-8 text; name another") from None


def _read_text(whole: str, file: str, loaded: Loaded) -> int:
    """Read every document of a text.

    Returns:
        How many Kubernetes objects are in it, judged or not.
    """
    objects = 0
    for line, part in _documents(whole):
        try:
            document = _parse(part)
        except (InvalidYamlError, ValueError, RecursionError) as error:
            loaded.problems.append(_problem(error, part, file, line))
            continue
        objects += _take(document, Source(file, line, part), loaded)
    return objects


def _documents(whole: str) -> Iterator[tuple[int, str]]:
    """Each document with the number of its first line."""
    line, start = 1, 0
    for separator in (*_SEPARATOR.finditer(whole), None):
        part = whole[start : separator.start() if separator else len(whole)]
        if _CONTENT.search(part):
            yield line, part
        if separator:
            line += whole.count("\n", start, separator.end())
            start = separator.end()


def _parse(part: str) -> Any:
    if part.lstrip().startswith("{"):
        try:
            return json.loads(part)
        except ValueError:
            return loads(part)  # a flow mapping, or JSON with a fault that this reader tells with its line
    if _OLDER_YAML.search(part):
        return _as_kubectl(part)
    return loads(part)


def _as_kubectl(part: str) -> Any:
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (base,), {})
    loader.add_multi_constructor("!", _untagged)
    try:
        return yaml.load(part, loader)  # noqa: S506 - it is a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1} column {mark.column + 1}" if mark else ""
        raise ValueError(f"{error.problem}{place}") from None
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(str(error)) from None


def _untagged(loader: Any, _tag: str, node: Any) -> Any:
    """Build what a tag of somebody's own marks as if the tag were not there."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_object(
        yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (node.style is None, True)), node.value)
    )


def _problem(error: Exception, part: str, file: str, first: int) -> Problem:
    places: list[int] = []

    def absolute(found: re.Match[str]) -> str:
        places.append(first + int(found[1]) - 1)
        return f"on line {places[-1]}"

    reason = _LINE.sub(absolute, " ".join(str(error).split()))
    if isinstance(error, RecursionError):
        reason = "it is nested too deeply"
    elif _QUOTING.search(reason):
        reason = "a value does not fit its tag or its place" + (f" on line {places[0]}" if places else "")
    hint = "pipe the output of `helm template` in" if _TEMPLATE.search(part) else "repair the document"
    return Problem(file, places[0] if places else first, f"not readable as YAML: {reason}; {hint}")


def _take(document: Any, source: Source, loaded: Loaded) -> int:
    objects = 0
    for manifest, prefix in _objects(document, ()):
        own = Source(source.file, source.line, source.text, prefix) if prefix else source
        resource = from_manifest(manifest, f"{source.file}:{source.line}", source=own)
        objects += all(isinstance(manifest.get(key), str) for key in ("apiVersion", "kind"))
        if resource.kind in judged_kinds():
            loaded.resources.append(resource)
        else:
            loaded.ignored += 1
    return objects


def _objects(document: Any, prefix: tuple[Step, ...]) -> Iterator[tuple[dict[str, Any], tuple[Step, ...]]]:
    """The objects of a document, those of a List one by one; what is none is given as an empty object."""
    items = document.get("items") if isinstance(document, dict) else None
    kind = str(document.get("kind", "")) if isinstance(document, dict) else ""
    if isinstance(items, list) and kind.endswith("List"):
        # The items of a ServiceList do not say again what they are.
        told = {"apiVersion": document.get("apiVersion"), "kind": kind.removesuffix("List")} if kind != "List" else {}
        for index, item in enumerate(items):
            yield from _objects({**told, **item} if isinstance(item, dict) else item, (*prefix, "items", index))
    else:
        yield (document if isinstance(document, dict) else {}), prefix
