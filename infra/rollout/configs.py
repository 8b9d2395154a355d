"""Which ConfigMaps of old releases nobody needs any more: the engine retains them, since old pods still read them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from infra.manifests import names
from infra.manifests.rendered import Rendered
from infra.rollout.live import created, name, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.rollout.record import Record

YOUNG: Final = timedelta(hours=1)
"""A ConfigMap may be younger than the Deployment that is about to read it."""


def unneeded(
    live: Iterable[Manifest], *, history: Sequence[Record], makers: Iterable[Manifest], now: datetime
) -> list[str]:
    """The names of those that no pod reads and that no record could bring back.

    Args:
        live: ConfigMaps of the namespace.
        history: The ledger's records; they keep what they say was declared.
        makers: Deployments, ReplicaSets and Jobs of the namespace, whose pods read some.
        now: The present.

    Raises:
        ValueError: A record is not readable.
    """
    kept = {config for maker in makers for config in _read(maker)}
    for record in history:
        if record.rendered:
            config = Rendered.parse(record.rendered, record.release).config
            kept.add(names.content_name(names.CONFIG, config))
    return [name(each) for each in live if name(each) not in kept and _is_old_config(each, now)]


def _is_old_config(live: Manifest, now: datetime) -> bool:
    made = created(live)
    return names.hashed_base(name(live)) == names.CONFIG and made is not None and now - made > YOUNG


def _read(maker: Manifest) -> Iterator[str]:
    for container in objects(maker, "spec", "template", "spec", "containers"):
        for source in objects(container, "envFrom"):
            yield text(source, "configMapRef", "name")
