"""Which containers are Redis servers, and how they are started."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.cluster.image_name import repository
from policies.cluster.pods import main_containers
from policies.databases.redis.command_line import invocations
from policies.objects.values import Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node

KINDS: Final = (
    "StatefulSet.apps",
    "Deployment.apps",
    "DaemonSet.apps",
    "ReplicaSet.apps",
    "ReplicationController",
    "Pod",
)
"""Kinds that can keep a server up; a Job cannot."""

_NAME: Final = re.compile(r"(redis|valkey)(-(server|cluster|stack|stack-server|\d+))?")
_OFFICIAL: Final = re.compile(r"(.*/)?library/(redis|valkey)|(docker\.io/)?(redis|valkey/valkey)")
_OTHER_PROGRAM: Final = re.compile(r"(redis|valkey)-(cli|benchmark|check)|sentinel")
_IDLE: Final = frozenset({"sleep", "tail"})
_NOT_SERVING: Final = frozenset({"--sentinel", "--version", "-v", "--help", "-h"})


class Start(NamedTuple):
    """How a server is started.

    Attributes:
        words: Its arguments.
        visible: Whether nothing else can tell it something: not an image's entry point, nor a script of its own.
    """

    words: tuple[str, ...]
    visible: bool


def servers(workload: Node) -> Iterator[Node]:
    """Pick the containers that run a Redis server."""
    yield from (container for container in main_containers(workload) if starts(container))


def starts(container: Node) -> list[Start]:
    """Tell how a container starts Redis servers; one that starts none is no server."""
    words = [*_words(container, "command"), *_words(container, "args")]
    found = list(invocations(words))
    if found:
        return [Start(start, visible=True) for start in found if not _NOT_SERVING.intersection(start)]
    if not _is_image(container) or any(_OTHER_PROGRAM.search(word) for word in words):
        return []
    if words and posixpath.basename(words[0]) in _IDLE:
        return []
    return [_by_entry_point(container, words)]


def _by_entry_point(container: Node, words: list[str]) -> Start:
    """Read a start without the program's name as the official image's entry point does: options, or a file."""
    path = bool(words) and words[0].endswith(".conf")
    by_image = not any(True for _ in container.each("command"))
    if by_image and (not words or path or words[0].startswith("-")):
        return Start(tuple(words), visible=path or _OFFICIAL.fullmatch(_repository(container)) is not None)
    return Start((), visible=False)


def _is_image(container: Node) -> bool:
    if isinstance(reveal(container.at("image").value), Unknown):
        return _NAME.fullmatch(str(reveal(container.at("name").value))) is not None
    return _NAME.fullmatch(posixpath.basename(_repository(container))) is not None


def _repository(container: Node) -> str:
    image = reveal(container.at("image").value)
    return repository(image) if isinstance(image, str) else ""


def _words(container: Node, key: str) -> Iterator[str]:
    """Read as much as is known: a container is looked at before it is clear whether it is a server at all."""
    for word in container.each(key):
        value = reveal(word.value)
        yield value if isinstance(value, str) else ""
