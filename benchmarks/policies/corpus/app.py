"""What all objects of one application share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.policies.corpus.draw import Draw

_WORDS = ("orders", "catalog", "billing", "search", "media", "reviews", "loyalty", "carts", "payouts", "alerts")
_PER_NAMESPACE = 10


@dataclass(frozen=True)
class App:
    """One application: the objects of one file.

    Attributes:
        number: Its place in the corpus; all else follows from it.
    """

    number: int

    @property
    def name(self) -> str:
        """Unique in the corpus, however large that is."""
        return f"{_WORDS[self.number % len(_WORDS)]}-{self.number:04d}"

    @property
    def namespace(self) -> str:
        """Shared with its neighbours."""
        return f"team-{self.number // _PER_NAMESPACE:03d}"

    @property
    def port(self) -> int:
        """Where its main container serves."""
        return self.draw("port").pick("port", (3000, 5000, 8000, 8080))

    def draw(self, part: str) -> Draw:
        """The choices of one of its objects."""
        return Draw(f"{self.name}/{part}")

    def labels(self, component: str) -> dict[str, str]:
        """The labels that select the pods of one component."""
        return {"app.kubernetes.io/name": self.name, "app.kubernetes.io/component": component}

    def object(self, kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """An object with its head.

        Args:
            kind: As in `apps/v1/Deployment`.
            name: Its name.
            body: All but apiVersion, kind and metadata.
        """
        version, _, short = kind.rpartition("/")
        metadata: dict[str, Any] = {"name": name, "namespace": self.namespace, "labels": self.labels("all")}
        if self.draw(name).happens("annotated", 25):
            metadata["annotations"] = {"example.org/owner": f"{self.namespace}@example.org", "example.org/tier": "2"}
        return {"apiVersion": version, "kind": short, "metadata": metadata, **body}
