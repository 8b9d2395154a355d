"""What must hold of every PodDisruptionBudget."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard

GUARD: Final = Guard(
    name="pdb",
    group="policy/v1",
    resources=("poddisruptionbudgets",),
    judged="spec",
    checks={
        "pdb-blocks-drain": '!(object.spec.?maxUnavailable.orValue(1) in [dyn(0), dyn("0%")])'
        ' && !string(object.spec.?minAvailable.orValue(0)).matches("^0*100%$")',
    },
)
"""A budget of a number is right or wrong only beside the autoscaler, which CEL does not see."""
