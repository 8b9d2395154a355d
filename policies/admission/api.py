"""Which object is the API, in CEL."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import quoted
from policies.limits import API, API_CONTAINER

CONTAINERS: Final = "object.spec.template.spec.containers"
"""The containers of a workload, without init containers."""

IS_NAMED_API: Final = f"object.metadata.name == {quoted(API)}"
"""Whether the object has the API's name."""

IS_API: Final = f"{IS_NAMED_API} || {CONTAINERS}.exists(c, c.name == {quoted(API_CONTAINER)})"
"""Whether a workload is the API: by its name, or by the name of a container."""

API_CONTAINERS: Final = f"{CONTAINERS}.filter(c, size({CONTAINERS}) == 1 || c.name == {quoted(API_CONTAINER)})"
"""The API's own container in its workload; the only one is it under any name."""
