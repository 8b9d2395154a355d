"""Until when what the system is made of gets security fixes, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

NOTICE = timedelta(days=90)
"""So long before its end a release is warned of."""


@dataclass(frozen=True)
class Lifetime:
    """One line of releases.

    Attributes:
        product: What it is.
        cycle: The beginning of its version numbers; "" if the whole product ends.
        ends: The last day with security fixes; None while no day is announced.
        source: Where its maintainers say so.
        instead: What to move to.
    """

    product: str
    cycle: str
    ends: date | None
    source: str
    instead: str

    def verdict(self, today: date) -> str:
        """One line of warning; "" while its end is not near.

        Args:
            today: The day to judge by.
        """
        name = f"{self.product} {self.cycle}".strip()
        if self.ends is None or today + NOTICE < self.ends:
            return ""
        if today <= self.ends:
            return f"{name} gets security fixes only until {self.ends}: {self.instead}"
        return f"{name} has had no security fixes since {self.ends}: {self.instead}"


_NODE = "nodejs.org/en/about/previous-releases"
_KUBERNETES = "kubernetes.io/releases"
_PYTHON = "devguide.python.org/versions"
_DEBIAN = "wiki.debian.org/LTS"
_REDIS = "github.com/redis/redis/security"
_MONGODB = "mongodb.com/legal/support-policy/lifecycles"
_CONTAINERD = "containerd.io/releases"
_ETCD = "etcd.io/docs/latest/op-guide/versioning"

LIFETIMES = (
    Lifetime("Node.js", "18", date(2025, 4, 30), _NODE, "set the runtime to 24"),
    Lifetime("Node.js", "20", date(2026, 4, 30), _NODE, "set the runtime to 24"),
    Lifetime("Node.js", "22", date(2027, 4, 30), _NODE, "set the runtime to 24"),
    Lifetime("Node.js", "24", date(2028, 4, 30), _NODE, "plan the next long-term release"),
    Lifetime("Kubernetes", "1.34", date(2026, 10, 27), _KUBERNETES, "move to a newer minor release"),
    Lifetime("Kubernetes", "1.35", date(2027, 2, 28), _KUBERNETES, "move to a newer minor release"),
    Lifetime("Kubernetes", "1.37", date(2027, 10, 28), _KUBERNETES, "move to a newer minor release"),
    Lifetime("Kubernetes Dashboard", "", date(2026, 1, 21), "github.com/kubernetes-retired/dashboard", "use Headlamp"),
    Lifetime("etcd", "3.4", date(2025, 5, 15), _ETCD, "move to 3.6"),
    Lifetime("etcd", "3.5", None, _ETCD, "move to 3.6"),
    Lifetime("etcd", "3.6", None, _ETCD, "move to the newest minor release"),
    Lifetime("containerd", "1.6", date(2025, 8, 23), _CONTAINERD, "Debian patches its own package; 2.x comes with 13"),
    Lifetime("containerd", "1.7", date(2026, 9, 30), _CONTAINERD, "move to 2.x"),
    Lifetime("MongoDB", "6.0", date(2025, 7, 31), _MONGODB, "upgrade the Atlas cluster to 8.0"),
    Lifetime("MongoDB", "7.0", date(2027, 8, 31), _MONGODB, "upgrade the Atlas cluster to 8.0"),
    Lifetime("MongoDB", "8.0", date(2029, 10, 31), _MONGODB, "upgrade the Atlas cluster"),
    Lifetime("Redis", "7.0", date(2024, 7, 29), _REDIS, "move to 7.4 or 8"),
    Lifetime("Redis", "7.2", None, _REDIS, "move to 8"),
    Lifetime("Redis", "7.4", None, _REDIS, "move to 8"),
    Lifetime("Debian", "11", date(2026, 8, 31), _DEBIAN, "upgrade to 13"),
    Lifetime("Debian", "12", date(2028, 6, 30), _DEBIAN, "upgrade to 13"),
    Lifetime("Debian", "13", date(2030, 6, 30), _DEBIAN, "upgrade"),
    Lifetime("Python", "3.11", date(2027, 10, 31), _PYTHON, "move to 3.14"),
    Lifetime("Python", "3.12", date(2028, 10, 31), _PYTHON, "move to 3.14"),
    Lifetime("Python", "3.13", date(2029, 10, 31), _PYTHON, "move to 3.14"),
    Lifetime("Python", "3.14", date(2030, 10, 31), _PYTHON, "move to a newer release"),
)


def lifetime(product: str, version: str) -> Lifetime | None:
    """The line of releases that a version belongs to; None if it is not known here.

    Args:
        product: As in ``LIFETIMES``.
        version: ``1.35.4``, ``18``, …
    """
    return next((one for one in LIFETIMES if one.product == product and _belongs(version, one.cycle)), None)


def _belongs(version: str, cycle: str) -> bool:
    return not cycle or version == cycle or version.startswith(f"{cycle}.")
