"""What must hold of the Namespace itself."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard

GUARD: Final = Guard(
    name="namespace",
    group="/v1",
    resources=("namespaces",),
    judged="metadata.labels",
    checks={
        "namespace-pod-security": "object.metadata.?labels[?'pod-security.kubernetes.io/enforce']"
        ".orValue('') == 'restricted'",
    },
)
"""The label must not be taken off: all that Pod Security refuses would be let in."""
