"""What must hold of the Namespace itself."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard, quoted
from policies.limits import OLD_POD_SECURITY

GUARD: Final = Guard(
    name="namespace",
    group="/v1",
    resources=("namespaces",),
    judged="metadata.labels",
    checks={
        "namespace-pod-security": "object.metadata.?labels[?'pod-security.kubernetes.io/enforce']"
        ".orValue('') == 'restricted'"
        " && !object.metadata.?labels[?'pod-security.kubernetes.io/enforce-version'].orValue('')"
        f".matches({quoted(f'^{OLD_POD_SECURITY}$')})",
    },
)
"""The label must not be taken off: all that Pod Security refuses would be let in."""
