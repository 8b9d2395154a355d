"""Builds the archive of all local images, or finds it in the cache."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from infra.local import paths
from infra.local.images import dependencies, runtime
from infra.local.images.layer import EXECUTABLE, Blob, Entry, write_layer
from infra.local.images.oci import Image, Packed, pack, write_archive
from infra.local.images.versions import MIGRATIONS, PAUSE_IMAGE, REDIS_REPOSITORY, VERSIONS
from infra.manifests.migration import LABEL
from infra.manifests.names import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

APP = Path(__file__).parents[1] / "app"
_NODE_USER = "1000:1000"


def build(pause: Path, out: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Pack the sample app's images, Redis and the pause image into one archive for `ctr images import`.

    Args:
        pause: The pause program, statically linked.
        out: Where the archive is wanted.
        say: Called with a line of progress for each step that takes time.

    Returns:
        The sample app's image by digest (`docker.io/rezapp/merchant-backend@sha256:…`) for each version, and Redis' by
        the name of its repository.

    Raises:
        PreconditionError: If Node.js is not installed in the Python environment.
        UnavailableError: If npm cannot install the app's dependencies.
    """
    node = runtime.find_node()
    key = input_hash(node, pause)
    archive = paths.cache() / "images" / f"{key}.tar"
    references = archive.with_suffix(".json")
    if not (archive.exists() and references.exists()):
        _build_into_cache(node, pause, archive, say)
    _link(archive, out)
    return cast("dict[str, str]", json.loads(references.read_text()))


def input_hash(node: runtime.Node, pause: Path) -> str:
    """Name an archive by everything that decides its content, this package's own code included."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    libraries = runtime.libraries([node.binary, *_other_programs()])
    digest = hashlib.sha256(f"node {node.version} {dependencies.lock_hash(APP)}".encode())
    for file in [*code, *app_sources(), *_other_programs(), *libraries, pause]:
        digest.update(f"{file.name} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _other_programs() -> list[Path]:
    return [*runtime.shell_programs().values(), *runtime.redis_programs().values()]


def app_sources() -> list[Path]:
    """The files of the sample app that run."""
    return [*sorted(APP.glob("*.js")), APP / "package.json"]


def app_config(version: str, fault: str) -> dict[str, Any]:
    """The container configuration of one version; the versions differ in nothing else."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "NODE_ENV": "production",
        "VERSION": version,
        "FAULT": fault,
        # npm writes below its home, and the root filesystem may be read-only.
        "HOME": "/tmp",  # noqa: S108 - a path in the image
        "npm_config_cache": "/tmp/.npm",  # noqa: S108 - a path in the image
        "npm_config_update_notifier": "false",
    }
    labels = {"org.opencontainers.image.title": "merchant-backend", "org.opencontainers.image.version": version}
    if migration := MIGRATIONS.get(version):
        labels[LABEL] = migration
    return {
        "User": _NODE_USER,
        "WorkingDir": "/app",
        "Entrypoint": ["/usr/local/bin/node", "server.js"],
        "Env": [f"{name}={value}" for name, value in environment.items()],
        "ExposedPorts": {"3000/tcp": {}},
        "Labels": labels,
        "StopSignal": "SIGTERM",
    }


def _build_into_cache(node: runtime.Node, pause: Path, archive: Path, say: Callable[[str], None]) -> None:
    node_modules = dependencies.install(APP, node, say)
    say(f"images: packing {len(VERSIONS)} versions of the sample app on Node.js {node.version} (about 5 s)")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix="pack-") as folder:
        layers = [
            write_layer(runtime.runtime_entries(node), Path(folder, "runtime")),
            write_layer(dependencies.dependency_entries(node_modules), Path(folder, "dependencies")),
            write_layer([Entry(f"app/{file.name}", file) for file in app_sources()], Path(folder, "app")),
        ]
        images = _app_images(layers)
        pause_image = _pause_image(write_layer([Entry("pause", pause, EXECUTABLE)], Path(folder, "pause")))
        redis_image = _redis_image(write_layer(runtime.redis_entries(), Path(folder, "redis")))
        write_archive([*images, redis_image, pause_image], Path(folder, "archive"))
        references = {packed.image.tag: packed.reference for packed in images}
        references[REDIS_REPOSITORY] = redis_image.reference
        archive.with_suffix(".json").write_text(json.dumps(references, indent=2))
        _drop_older(archive)
        Path(folder, "archive").rename(archive)


def _app_images(layers: Sequence[Blob]) -> list[Packed]:
    return [pack(Image(REPOSITORY, version, layers, app_config(version, fault))) for version, fault in VERSIONS.items()]


def _pause_image(layer: Blob) -> Packed:
    repository, _, tag = PAUSE_IMAGE.rpartition(":")
    return pack(Image(repository, tag, [layer], {"User": "65535:65535", "Entrypoint": ["/pause"]}))


def _redis_image(layer: Blob) -> Packed:
    return pack(Image(REDIS_REPOSITORY, "7", [layer], {"Env": ["PATH=/usr/bin:/bin"], "WorkingDir": "/data"}))


def _drop_older(archive: Path) -> None:
    """Remove archives of earlier inputs: each is as large as this one."""
    for other in archive.parent.glob("*.tar"):
        if other != archive:
            other.unlink(missing_ok=True)
            other.with_suffix(".json").unlink(missing_ok=True)


def _link(archive: Path, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    try:
        os.link(archive, out)
    except OSError:
        shutil.copyfile(archive, out)
