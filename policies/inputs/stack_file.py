"""The exemptions of a stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ryaml import InvalidYamlError, loads

from policies.judging.exemptions import KEY, Declared, of_config
from policies.objects.source import Source

if TYPE_CHECKING:
    from pathlib import Path


def exemptions(file: Path) -> Declared:
    """Read the exemptions of `Pulumi.<stack>.yaml`.

    Args:
        file: The stack file; one that is not there has none.

    Returns:
        The exemptions, and what is wrong with them.

    Raises:
        ValueError: The file is no readable YAML.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document = loads(text)
    except FileNotFoundError:
        return Declared()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{file.name}: cannot be read: {why}; repair it") from None
    except InvalidYamlError as error:
        raise ValueError(f"{file.name}: not readable as YAML: {' '.join(str(error).split())}; repair it") from None
    config = document.get("config") if isinstance(document, dict) else None
    entries = config.get(KEY) if isinstance(config, dict) else None
    return of_config(entries, file.name, Source(file.name, 1, text))
