"""Which object is the API, in CEL."""

from __future__ import annotations

import re
from typing import Final

from policies.admission.guard import quoted
from policies.limits import API, API_CONTAINER, API_REPOSITORIES

CONTAINERS: Final = "object.spec.template.spec.containers"
"""The containers of a workload, without init containers."""

IS_NAMED_API: Final = f"object.metadata.name == {quoted(API)}"
"""Whether the object has the API's name."""

IMAGE: Final = quoted(rf"^({'|'.join(map(re.escape, API_REPOSITORIES))})(:[^/@]*)?(@.*)?$")
"""A pattern of the API's images."""

_IS_CONTAINER: Final = f"c.name == {quoted(API_CONTAINER)} || c.image.matches({IMAGE})"
_LABEL: Final = "object.spec.template.?metadata.?labels[?'app'].orValue('')"

IS_API: Final = f"{IS_NAMED_API} || {_LABEL} == {quoted(API)} || {CONTAINERS}.exists(c, {_IS_CONTAINER})"
"""Whether a workload is the API: by its name, its pods' label, or a container's name or image."""

API_CONTAINERS: Final = (
    f"{CONTAINERS}.exists(c, {_IS_CONTAINER}) ? {CONTAINERS}.filter(c, {_IS_CONTAINER}) : {CONTAINERS}"
)
"""The API's own containers in its workload; where none is called so or has its image, any may be it."""
