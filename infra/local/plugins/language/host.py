"""The engine's language service: answers about Python projects, and runs them as child processes."""
# ruff: noqa: N802 - the protocol names the methods

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from importlib.metadata import version
from typing import IO, TYPE_CHECKING, Any

from google.protobuf import empty_pb2, json_format

from infra.local.plugins.language import commands
from infra.local.plugins.language.children import Children
from infra.local.plugins.wire import language_pb2, language_pb2_grpc, plugin_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import grpc

FAILURE_SHOWN = 32
_LIST = (
    "import json;from importlib.metadata import distributions as d;"
    "print(json.dumps({p.metadata['Name']: p.version for p in d()}))"
)


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):  # type: ignore[misc]
    """Runs Python programs and plugins for the engine at an address."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.children = Children()

    def Handshake(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Take the engine's address, which may differ from the first argument."""
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Say which version this is."""
        return plugin_pb2.PluginInfo(version=version("rez-infra"))

    def GetRequiredPackages(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Name no package: the engine loads each plugin when the program first needs it."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """Name no plugin, for the same reason."""
        return language_pb2.GetRequiredPluginsResponse()

    def Run(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Run a program until its last resource is registered."""
        try:
            python = _interpreter(request.info)
        except FileNotFoundError as error:
            return language_pb2.RunResponse(error=str(error))
        command = [str(python), *commands.program(request, self._engine)]
        env = commands.environment(python, commands.program_environment(request))
        child = self.children.start(command, cwd=request.pwd or request.info.program_directory, env=env)
        code = self.children.wait(child)
        if code == FAILURE_SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"program exited with code {code}" if code else "")

    def RunPlugin(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Run a policy pack or another plugin, passing on what it writes, then its exit code."""
        directory = request.info.program_directory
        python = _interpreter(request.info)
        command = [str(python), *commands.plugin(request.kind, directory, request.args)]
        env = commands.environment(python, commands.pairs(request.env))
        cwd = directory if request.kind == "analyzer" else request.pwd
        child = self.children.start(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        context.add_callback(child.kill)
        for stream, chunk in _output(child):
            yield language_pb2.RunPluginResponse(**{stream: chunk})
        yield language_pb2.RunPluginResponse(exitcode=self.children.wait(child))

    def About(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """Say which interpreter runs the project."""
        release = ".".join(str(part) for part in sys.version_info[:3])
        return language_pb2.AboutResponse(executable=str(_interpreter(request.info)), version=release)

    def GetProgramDependencies(self, request: Any, _context: grpc.ServicerContext) -> Any:
        """List what is installed in the project's virtualenv."""
        command = [str(_interpreter(request.info)), "-c", _LIST]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=30).stdout)
        packages = [language_pb2.DependencyInfo(name=name, version=found[name]) for name in sorted(found)]
        return language_pb2.GetProgramDependenciesResponse(dependencies=packages)

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """End the programs: the engine has given up on them."""
        self.children.end()
        return empty_pb2.Empty()


def _interpreter(info: Any) -> Path:
    return commands.interpreter(info.root_directory, json_format.MessageToDict(info.options))


def _output(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """What a child writes, as it comes: ("stdout" or "stderr", bytes)."""
    chunks: queue.Queue[tuple[str, bytes]] = queue.Queue()

    def read(name: str, stream: IO[bytes]) -> None:
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            chunks.put((name, chunk))
        chunks.put((name, b""))

    streams = {"stdout": child.stdout, "stderr": child.stderr}
    for name, stream in streams.items():
        threading.Thread(target=read, args=(name, stream), daemon=True).start()
    while streams:
        name, chunk = chunks.get()
        if chunk:
            yield name, chunk
        else:
            del streams[name]
