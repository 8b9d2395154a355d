"""Which secrets should have been rotated by now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from infra.cluster import Cluster
from infra.errors import RezError
from infra.local import paths
from infra.local.doctor.row import Row
from infra.operations import secret_ages, secret_rotation
from infra.settings import load
from infra.settings.model import LOCAL
from infra.settings.stack_file import file_of
from infra.text import line

if TYPE_CHECKING:
    from datetime import datetime


def rotation_rows(now: datetime) -> list[Row]:
    """One row for each secret that is overdue on the stack of `$PULUMI_STACK`, else on `local` while it runs.

    Args:
        now: The moment to judge by.
    """
    stack = os.environ.get("PULUMI_STACK") or (LOCAL if paths.kubeconfig().exists() else "")
    if not stack:
        return []
    kubeconfig = paths.kubeconfig() if stack == LOCAL else None
    try:
        found, unread = secret_ages.read(
            load(stack, paths.ROOT), paths.ROOT, connect=lambda: Cluster.connect(kubeconfig=kubeconfig), now=now
        )
    except RezError as error:
        return [Row("secrets", stack, "warning", "", file_of(stack), "", line(error))]
    away = [Row("secrets", "ages", "warning", "unknown", "", "rotation", each) for each in unread]
    return away + [
        Row(
            "secrets",
            each["name"],
            "warning",
            secret_rotation.age_words(each),
            each["source"],
            "rotation",
            _remedy(each),
        )
        for each in found
        if each["rotation"] == "overdue"
    ]


def _remedy(found: dict[str, object]) -> str:
    return f"rotate it: every {found['rotation_days']} days, due since {found['due']}"
