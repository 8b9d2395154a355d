"""Kubernetes manifests: YAML or JSON files, folders of them, or standard input."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from ryaml import InvalidYamlError, loads

from policies.inputs.loaded import Loaded, Problem
from policies.registry import judged_kinds
from policies.resources import from_manifest
from policies.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policies.node import Step

STDIN: Final = "-"
_ENDINGS: Final = (".yaml", ".yml", ".json")
_SEPARATOR: Final = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_CONTENT: Final = re.compile(r"^(?!\s*#|%|\.\.\.\s*$)\s*\S", re.MULTILINE)
_LINE: Final = re.compile(r"at line (\d+)")
_TEMPLATE: Final = re.compile(r"\{\{.*\}\}")


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
    for file in _files(paths):
        _read_text(text(file), file, loaded)
        loaded.files += 1
    if not loaded.files:
        raise NothingToReadError(f"{', '.join(paths)}: no .yaml, .yml or .json file to check")
    return loaded


def _files(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        if path != STDIN and os.path.isdir(path):  # noqa: PTH112 - a thousand Path objects cost more than the files
            yield from _below(path)
        else:
            yield path


def _below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (os.path.join(place, name) for name in sorted(names) if name.endswith(_ENDINGS))  # noqa: PTH118


def text(file: str) -> str:
    """Read a file, or standard input for `-`.

    Raises:
        NothingToReadError: It is not there, or no text.
    """
    try:
        if file == STDIN:
            return sys.stdin.read()
        with open(file, encoding="utf-8-sig") as opened:  # noqa: PTH123 - as above
            return opened.read()
    except OSError as error:
        raise NothingToReadError(
            f"{file}: cannot be read: {error.strerror}; name a file or folder of manifests"
        ) from None
    except UnicodeDecodeError:
        raise NothingToReadError(f"{file}: is not UTF-8 text; name another") from None


def _read_text(whole: str, file: str, loaded: Loaded) -> None:
    for line, part in _documents(whole):
        try:
            document = _parse(part)
        except (InvalidYamlError, ValueError) as error:
            loaded.problems.append(_problem(error, part, file, line))
            continue
        _take(document, Source(file, line, part), loaded)


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
    if "<<" in part:  # merge keys are YAML 1.1, which kubectl reads and ryaml does not
        return _merged(part)
    return loads(part)


def _merged(part: str) -> Any:
    import yaml

    try:
        return yaml.load(part, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _problem(error: Exception, part: str, file: str, first: int) -> Problem:
    places: list[int] = []

    def absolute(found: re.Match[str]) -> str:
        places.append(first + int(found[1]) - 1)
        return f"on line {places[-1]}"

    reason = _LINE.sub(absolute, " ".join(str(error).split()))
    hint = "pipe the output of `helm template` in" if _TEMPLATE.search(part) else "repair the document"
    return Problem(file, places[0] if places else first, f"not readable as YAML: {reason}; {hint}")


def _take(document: Any, source: Source, loaded: Loaded) -> None:
    for manifest, prefix in _objects(document, ()):
        own = Source(source.file, source.line, source.text, prefix) if prefix else source
        resource = from_manifest(manifest, f"{source.file}:{source.line}", source=own)
        if resource.kind in judged_kinds():
            loaded.resources.append(resource)
        else:
            loaded.ignored += 1


def _objects(document: Any, prefix: tuple[Step, ...]) -> Iterator[tuple[dict[str, Any], tuple[Step, ...]]]:
    """The objects of a document, those of a List one by one; what is none is given as an empty object."""
    items = document.get("items") if isinstance(document, dict) else None
    if isinstance(items, list) and str(document.get("kind", "")).endswith("List"):
        for index, item in enumerate(items):
            yield from _objects(item, (*prefix, "items", index))
    else:
        yield (document if isinstance(document, dict) else {}), prefix
