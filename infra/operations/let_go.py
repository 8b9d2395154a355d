"""Ends what others hold of declared fields that are as declared: an update that changes one would be refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from infra.drift.disowned import disowned
from infra.rejection import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.drift.declared import Ref
    from infra.drift.difference import Difference
    from infra.drift.fields import Path
    from infra.operations.drift import Cluster

_ATTEMPTS: Final = 5


def let_go(cluster: Cluster, held: Sequence[Difference]) -> None:
    """Make the engine the only holder of the fields; no value changes, so that no pod is replaced.

    An apply cannot do it, not even by force: whoever applies the value that is there shares it.

    Args:
        cluster: Where the objects are.
        held: What others hold of fields as declared.

    Raises:
        ApiError: We may not change an object, or it changes all the time.
        UnavailableError: The API server does not answer.
    """
    for ref in dict.fromkeys(each.ref for each in held):
        _let_go(cluster, ref, [each.path for each in held if each.ref == ref])


def _let_go(cluster: Cluster, ref: Ref, paths: Sequence[Path]) -> None:
    for attempt in range(_ATTEMPTS):
        live = cluster.get(ref.api_version, ref.kind, ref.name, ref.namespace or None)
        if live is None:
            return
        change = {"resourceVersion": live["metadata"]["resourceVersion"], "managedFields": disowned(live, paths)}
        try:
            cluster.patch(ref.api_version, ref.kind, ref.name, ref.namespace, {"metadata": change})
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT or attempt == _ATTEMPTS - 1:
                raise
        else:
            return
