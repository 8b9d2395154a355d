"""The release as its record says it was declared, straight to the API server, where the engine cannot do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.manifests.config_map import holding
from infra.manifests.deployment import declared
from infra.manifests.fencing import shown_stamp, stamped
from infra.manifests.pod import Mounts
from infra.manifests.rendered import Rendered
from infra.rollout import failure, watch
from infra.rollout.live import mapping, objects, text

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.run import Run


def phase(run: Run) -> None:
    """Apply the record's config, and its Deployment with the Secrets of today, as the engine's own field manager.

    Fields that somebody else has taken over meanwhile are taken back.

    Raises:
        ApiError: The API server refuses it.
        UnavailableError: It does not answer.
    """
    cluster, rendered = run.scene.cluster, Rendered.parse(run.record, run.release)
    config = holding(rendered.config)
    cluster.apply(config)
    live = watch.read(cluster, run.scene.target).deployment
    mounts = Mounts(config=config["metadata"]["name"], secrets=secrets(failure.template(live)))
    manifest = declared(rendered.mounting(mounts).spec)
    run.scene.say(f"API server: Deployment/{run.scene.target.deployment} becomes {run.release.version}'s, no engine")
    run.scene.lock.confirm()  # instead of showing its token: the engine will bring the one that its state knows
    cluster.apply(stamped(manifest, shown_stamp(mapping(live, "metadata"))), force=True)


def secrets(template: Manifest) -> tuple[str, ...]:
    """The names of the Secrets that a template's pods read."""
    volumes = objects(template, "spec", "volumes")
    return tuple(text(each, "secret", "name") for volume in volumes for each in objects(volume, "projected", "sources"))
