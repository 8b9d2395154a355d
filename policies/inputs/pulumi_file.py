"""What the readers of Pulumi's JSON files have in common: one error, the lines of the resources, resources."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from policies.inputs.loaded import Extent, Loaded
from policies.inputs.pulumi_json import decode
from policies.objects.options import Options
from policies.objects.resources import Resource, from_pulumi
from policies.objects.source import Source
from policies.objects.urn import type_of
from policies.registry import judged_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.judging.step import PlanStep
    from policies.objects.values import Manifest

_URN: Final = re.compile(r'"urn"\s*:\s*("(?:[^"\\]|\\.)*")')
_OWN: Final = "pulumi:"


class UnreadableError(ValueError):
    """The text is not what it was taken for: one line that says which file, what is wrong and what to do."""


class Stack(NamedTuple):
    """What Pulumi tells of a stack.

    Attributes:
        name: The stack's name, "" where no resource names it.
        loaded: Its resources as they are declared.
        steps: The plan, empty for a state.
    """

    name: str
    loaded: Loaded
    steps: Sequence[PlanStep] = ()


class PulumiFile:
    """A text that Pulumi wrote.

    Args:
        text: The whole text.
        file: The file's name for messages.
        what: What it must be and how it is made, for messages.
    """

    def __init__(self, text: str, file: str, what: str) -> None:
        self.text = text
        self._file = file
        self._what = what

    @cached_property
    def _lines(self) -> dict[str, int]:
        """The first line on which each URN stands, in one pass."""
        lines: dict[str, int] = {}
        line, start = 1, 0
        for found in _URN.finditer(self.text):
            line += self.text.count("\n", start, found.start(1))
            start = found.start(1)
            urn = json.loads(found[1]) if "\\" in found[1] else found[1][1:-1]
            lines.setdefault(urn, line)
        return lines

    def unreadable(self, why: str) -> UnreadableError:
        """Say that the text cannot be read."""
        return UnreadableError(f"{self._file}: {why}, so it is not {self._what}")

    def parse(self, text: str) -> Any:
        """Read JSON.

        Raises:
            UnreadableError: It is none.
        """
        try:
            return json.loads(text)
        except RecursionError:
            raise self.unreadable("it is nested too deeply") from None
        except ValueError as error:
            raise self.unreadable(f"it is no JSON ({error})") from None

    def objects(self, value: Any, where: str) -> list[dict[str, Any]]:
        """Take a list of objects, None for an empty one.

        Raises:
            UnreadableError: It is none.
        """
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.unreadable(f"its {where} are no list of objects")
        return value

    def texts(self, value: dict[str, Any], *keys: str) -> list[str]:
        """Take fields that must be texts.

        Raises:
            UnreadableError: One is none, or is not there.
        """
        found = [value.get(key) for key in keys]
        for key, text in zip(keys, found, strict=True):
            if not isinstance(text, str) or not text:
                raise self.unreadable(f"one of them has no {key}")
        return [str(text) for text in found]

    def properties(self, value: Any) -> Manifest:
        """Decode properties; what is no object has none.

        Raises:
            UnreadableError: They are nested too deeply.
        """
        try:
            return decode(value) if isinstance(value, dict) else {}
        except RecursionError:
            raise self.unreadable("it is nested too deeply") from None

    def resource(self, urn: str, state: dict[str, Any]) -> Resource:
        """Make the resource of a state; an odd state makes an empty resource of the URN's type."""
        token = state.get("type")
        options = Options(
            protect=state.get("protect") is True,
            retain_on_delete=state.get("retainOnDelete") is True,
            ignore_changes=_strings(state.get("ignoreChanges")),
        )
        return from_pulumi(
            token if isinstance(token, str) and token else type_of(urn),
            self.properties(state.get("inputs")),
            urn,
            options=options,
            source=Source(self._file, self._lines.get(urn, 1)),
        )


def loaded(resources: Iterable[Resource], extent: Extent = Extent.WHOLE) -> Loaded:
    """Gather what rules judge."""
    loaded = Loaded(files=1, extent=extent)
    for resource in resources:
        if resource.kind in judged_kinds():
            loaded.resources.append(resource)
        else:
            loaded.ignored += 1
    return loaded


def managed(urn: str, state: dict[str, Any]) -> bool:
    """Whether a state is that of an object that a provider manages: neither a component nor one of Pulumi's own."""
    return state.get("custom") is True and not type_of(urn).startswith(_OWN)


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
