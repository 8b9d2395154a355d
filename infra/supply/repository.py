"""A repository of images: which registry has it, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

_DOCKER_HUB: Final = "docker.io"
_DOCKER_HUB_API: Final = "registry-1.docker.io"
_DOCKER_HUB_LOGIN: Final = "index.docker.io"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Repository:
    """Where images are.

    Attributes:
        text: As people write it, like `docker.io/rezapp/merchant-backend`.
        host: The registry's API, with a port if it has one.
        name: The repository's name there.
        login: The host that credentials are kept under.
    """

    text: str
    host: str
    name: str
    login: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `HOST/NAME`."""
        host, _, name = text.partition("/")
        if host == _DOCKER_HUB:
            return cls(text, _DOCKER_HUB_API, name, _DOCKER_HUB_LOGIN)
        return cls(text, host, name, host)

    @property
    def url(self) -> str:
        """The repository's part of the API."""
        scheme = "http" if is_loopback(self.host) else "https"
        return f"{scheme}://{self.host}/v2/{self.name}"


def is_loopback(host: str) -> bool:
    """Whether a host (and port) is this machine, the one place that is spoken to without TLS."""
    return host in _LOOPBACK or host.rpartition(":")[0] in _LOOPBACK
