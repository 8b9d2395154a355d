"""The exemptions of a stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ryaml import InvalidYamlError, loads

from policies.exemptions import SECTION, Declared, read
from policies.node import Node
from policies.resources import Resource
from policies.source import Source

if TYPE_CHECKING:
    from pathlib import Path

KEY: Final = f"rez-infra:{SECTION}"
"""The section's key below `config`."""


def exemptions(file: Path) -> Declared:
    """Read the exemptions of `Pulumi.<stack>.yaml`.

    Args:
        file: The stack file; one that is not there has none.

    Returns:
        The exemptions, and what is wrong with them.

    Raises:
        ValueError: The file is no readable YAML.
    """
    if not file.exists():
        return Declared()
    text = file.read_text(encoding="utf-8")
    try:
        document = loads(text)
    except InvalidYamlError as error:
        raise ValueError(f"{file.name}: not readable as YAML: {' '.join(str(error).split())}; repair it") from None
    place = Resource(file.name, "StackFile", Node(document), None, Source(file.name, 1, text))
    section = place.node.at("config", KEY)
    return read(section.value, place, section)
