"""What the machine has and can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local import abilities, debian, paths
from infra.local.doctor.row import Row

if TYPE_CHECKING:
    from infra.local.abilities import Abilities


def package_rows(able: Abilities) -> list[Row]:
    """The system packages of real nodes: apt-get brings them to root, others are told how."""
    absent, versions = debian.missing(), debian.versions()
    apt = debian.is_there("apt-get")
    rows = []
    for name in debian.PACKAGES:
        if name not in absent:
            rows.append(
                Row(
                    "packages",
                    name,
                    "ok",
                    versions.get(name, ""),
                    "Debian" if name in versions else "PATH",
                    "real nodes",
                )
            )
        elif apt and able.root:
            rows.append(Row("packages", name, "later", "", "absent", "real nodes", "make local installs it"))
        else:
            remedy = f"as root: apt-get install {name}" if apt else f"install {name}; without it nodes are simulated"
            rows.append(Row("packages", name, "warning", "", "absent", "real nodes", remedy))
    return rows


def machine_rows(able: Abilities, *, to_build: bool) -> list[Row]:
    """What the machine can carry.

    Args:
        able: What was read from it.
        to_build: Whether tools are still to be built, which takes room.
    """
    obstacles = able.obstacles
    room = abilities.RUN_MIB + (abilities.BUILD_MIB if to_build else 0)
    return [
        Row(
            "machine",
            "nodes",
            "missing" if obstacles else "ok",
            "simulated only" if obstacles else "real",
            f"root {_yes(able.root)}, namespaces {_yes(able.namespaces)}, cgroups v{able.cgroups}",
            "pods that really run",
            f"{'; '.join(obstacles)}: rez local up --simulated, or --context NAME" if obstacles else "",
        ),
        _amount("memory", able.memory_mib, abilities.MEMORY_MIB, "the cluster and its pods"),
        _amount("disk", able.disk_mib, room, f"the cache, {paths.cache()}"),
        Row("machine", "cores", "ok" if able.cores > 1 else "warning", str(able.cores), purpose="builds and pods"),
    ]


def _amount(name: str, have_mib: int, need_mib: int, purpose: str) -> Row:
    enough = have_mib >= need_mib
    remedy = "" if enough else f"{need_mib / 1024:.1f} GiB are needed"
    return Row("machine", name, "ok" if enough else "missing", f"{have_mib / 1024:.1f} GiB", "", purpose, remedy)


def _yes(fact: bool) -> str:  # noqa: FBT001 - one fact, one word
    return "yes" if fact else "no"
