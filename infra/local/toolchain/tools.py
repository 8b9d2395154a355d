"""The tools of the local system: what each is for, which version fits, and how it is built."""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).parent / "go"
"""One Go module for each tool that is built; its go.mod and go.sum lock versions and checksums."""

KUBERNETES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")

_STAMP = "-X k8s.io/component-base/version."

Version = tuple[int, ...]


@dataclass(frozen=True)
class Tool:
    """One tool, found on PATH or built from its Go module.

    Attributes:
        name: What it is called, here and in the cache.
        purpose: What the local system needs it for.
        at_least: The lowest version that fits.
        below: The first version that no longer fits.
        requirement: The Go module in go.mod whose version is the tool's; "" if the source is our own.
        package: What ``go build`` compiles.
        usual_s: Seconds a first build usually takes on two cores.
        probes: Command lines that print the version, the tool's own first; all commands must be in one folder of
            PATH. Without any, PATH is not searched.
        ldflags: Linker flags; ``{version}`` stands for the version.
        built_by: The tool whose build brings this one along, "" for itself.
    """

    name: str
    purpose: str
    at_least: Version = ()
    below: Version = ()
    requirement: str = ""
    package: str = "."
    usual_s: int = 0
    probes: tuple[tuple[str, ...], ...] = ()
    ldflags: tuple[str, ...] = ()
    built_by: str = ""

    @property
    def module(self) -> Path:
        """The folder of the Go module it is built from."""
        return MODULES / (self.built_by or self.name)

    @property
    def commands(self) -> tuple[str, ...]:
        """Every name it is called by."""
        return tuple(probe[0] for probe in self.probes)

    @property
    def version(self) -> str:
        """The version that a build makes, as go.mod has it without the ``v``; "" if the source is our own."""
        if not self.requirement:
            return ""
        locked = re.search(rf"^(?:require)?\s*{re.escape(self.requirement)} v(\S+)", _text(self.module), re.MULTILINE)
        if locked is None:
            raise LookupError(f"{self.module / 'go.mod'} does not require {self.requirement}")
        return locked[1]

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags of ``go build``; part of the lock hash."""
        linker = " ".join(("-s -w", *self.ldflags)).format(version=self.version)
        return ("-trimpath", "-buildvcs=false", "-ldflags", linker)

    def fits(self, version: str) -> bool:
        """Whether this version, as the tool prints it, is one the local system works with."""
        number = parse_version(version)
        return bool(number) and self.at_least <= number < self.below

    @property
    def range(self) -> str:
        """The versions that fit, for messages; "" if PATH is not searched."""
        low, high = (".".join(map(str, bound)) for bound in (self.at_least, self.below))
        return f">={low},<{high}" if self.probes else ""


def parse_version(text: str) -> Version:
    """The first version number in a text: ``v1.35.4-rc.1`` -> (1, 35, 4); () if there is none."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in found.groups() if part) if found else ()


def required_go(module: Path) -> Version:
    """The Go version that a module asks for by its ``go`` line."""
    line = re.search(r"^go (\S+)", _text(module), re.MULTILINE)
    return parse_version(line[1]) if line else ()


def neediest_module() -> Path:
    """The module that asks for the highest Go version: what builds it builds all."""
    return max((file.parent for file in MODULES.glob("*/go.mod")), key=required_go)


def lock_hash(tool: Tool) -> str:
    """What a build depends on, as 12 hex digits: module files, flags, the files copied, and the kind of machine."""
    digest = hashlib.sha256(repr((tool.package, tool.flags, tool.commands, platform.machine())).encode())
    for file in sorted(path for path in tool.module.iterdir() if path.suffix in {".mod", ".sum", ".go"}):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _text(module: Path) -> str:
    return (module / "go.mod").read_text(encoding="utf-8")


_ALL = (
    Tool(
        name="pulumi",
        purpose="the engine that previews and applies the program",
        at_least=(3, 200),
        below=(4,),
        requirement="github.com/pulumi/pulumi/pkg/v3",
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        usual_s=240,
        probes=(("pulumi", "version"),),
        ldflags=("-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{version}",),
    ),
    Tool(
        name="kubernetes",
        purpose="control plane, node and kubectl of the local cluster",
        at_least=(1, 35),
        below=(1, 36),
        requirement="k8s.io/kubernetes",
        usual_s=300,
        probes=(*((command, "--version") for command in KUBERNETES), ("kubectl", "version", "--client")),
        ldflags=(
            f"{_STAMP}gitVersion=v{{version}} {_STAMP}gitMajor=1 {_STAMP}gitMinor=35 {_STAMP}gitTreeState=clean",
            f"{_STAMP}gitCommit=unknown {_STAMP}buildDate=1970-01-01T00:00:00Z",
        ),
    ),
    Tool(
        name="kubectl",
        purpose="looking into the cluster by hand",
        at_least=(1, 34),
        below=(1, 37),
        requirement="k8s.io/kubernetes",
        probes=(("kubectl", "version", "--client"),),
        built_by="kubernetes",
    ),
    Tool(
        name="etcd",
        purpose="the store of the local cluster",
        at_least=(3, 6),
        below=(4,),
        requirement="go.etcd.io/etcd/server/v3",
        package="go.etcd.io/etcd/server/v3",
        usual_s=30,
        probes=(("etcd", "--version"),),
    ),
    Tool(
        name="metrics-server",
        purpose="CPU and memory of pods, which the HPA reads",
        at_least=(0, 8),
        below=(1,),
        requirement="sigs.k8s.io/metrics-server",
        package="sigs.k8s.io/metrics-server/cmd/metrics-server",
        usual_s=150,
        probes=(("metrics-server", "--version"),),
        ldflags=("-X k8s.io/client-go/pkg/version.gitVersion=v{version}",),
    ),
    Tool(
        name="coredns",
        purpose="names of Services inside the local cluster",
        at_least=(1, 12),
        below=(2,),
        requirement="github.com/coredns/coredns",
        usual_s=90,
        probes=(("coredns", "-version"),),
    ),
    Tool(
        name="kwok",
        purpose="simulated nodes, where real ones cannot run",
        at_least=(0, 8),
        below=(1,),
        requirement="sigs.k8s.io/kwok",
        package="sigs.k8s.io/kwok/cmd/kwok",
        usual_s=80,
        probes=(("kwok", "--version"),),
    ),
    Tool(
        name="ferretdb",
        purpose="the database behind each cluster of the local Atlas",
        requirement="github.com/FerretDB/FerretDB",
        usual_s=120,
    ),
    Tool(name="pause", purpose="the first process of every pod", usual_s=10),
    Tool(
        name="actionlint",
        purpose="checking the workflows, in make lint",
        at_least=(1, 7, 12),
        below=(2,),
        requirement="github.com/rhysd/actionlint",
        package="github.com/rhysd/actionlint/cmd/actionlint",
        usual_s=10,
        probes=(("actionlint", "-version"),),
    ),
)

TOOLS = {tool.name: tool for tool in _ALL}
"""Every tool by name."""
