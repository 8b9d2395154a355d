"""Records plans from the real engine: `python tests/policies/record_plan.py [CASE…]`; no cluster is needed."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import plugins, toolchain

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from plan_cases import CASES, Case, Object  # noqa: E402 - beside this script

STACK = "production"
PROJECT = "rez-infra"
VERSIONS = {"kubernetes": version("pulumi-kubernetes"), "mongodbatlas": version("pulumi-mongodbatlas")}
IDS = {"kubernetes": "0b0e1b1e-0000-4000-8000-000000000001", "mongodbatlas": "0b0e1b1e-0000-4000-8000-000000000002"}
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
NOISE = ("created", "modified", "parent", "propertyDependencies", "provider", "sourcePosition", "stackTrace")
PROGRAM = """\
import json, os, pulumi

def value(of):
    if isinstance(of, list):
        return [value(item) for item in of]
    if not isinstance(of, dict):
        return of
    if set(of) == {"secret"}:
        return pulumi.Output.secret(of["secret"])
    if set(of) == {"unknown"}:
        return "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    return {key: value(item) for key, item in of.items()}

for each in json.loads(os.environ["OBJECTS"]):
    options = each["options"]
    if alias := options.pop("alias", ""):
        options["aliases"] = [pulumi.Alias(name=alias)]
    options["version"] = json.loads(os.environ["VERSIONS"])[each["type"].split(":")[0]]
    pulumi.CustomResource(each["type"], each["name"], value(each["properties"]), pulumi.ResourceOptions(**options))
"""


class Recorder:
    """An engine with a state of its own below a folder.

    Attributes:
        root: The folder.
        env: The engine's environment.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "state").mkdir()
        project = f"name: {PROJECT}\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
        (root / "Pulumi.yaml").write_text(project, encoding="utf-8")
        (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        pulumi = toolchain.ensure(["pulumi"], lambda line: print(line, file=sys.stderr))["pulumi"]
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")} | {
            "PATH": os.pathsep.join([str(pulumi.resolve().parent), os.environ["PATH"]]),
            "PULUMI_HOME": str(root / "home"),
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",
            "KUBECONFIG": str(root / "no-cluster"),
            "VERSIONS": json.dumps(VERSIONS),
        }
        plugins.install(pulumi, root / "home", Path(sys.executable))
        folder = root / "home" / "plugins" / f"resource-mongodbatlas-v{VERSIONS['mongodbatlas']}"
        folder.mkdir(parents=True, exist_ok=True)  # the stand-in takes our plugin's place
        (folder / "pulumi-resource-mongodbatlas").write_text(
            f'#!/bin/sh\nexec {sys.executable} -P {HERE / "atlas_stand_in.py"} "$@"\n', encoding="utf-8"
        )
        (folder / "pulumi-resource-mongodbatlas").chmod(0o755)
        self._call("stack", "init", STACK)
        settings = (root / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8")
        self._salt = re.findall(r"encryptionsalt: (\S+)", settings)[0]

    def digest(self, case: Case, *options: str) -> dict[str, Any]:
        """The preview as `--json` tells it, without what differs from run to run."""
        self.declare(case.state)
        said = json.loads(self._call("preview", "--json", *case.options, *options, objects=case.program))
        return {"steps": [_quiet(step) for step in said["steps"]], "changeSummary": said["changeSummary"]}

    def events(self, case: Case) -> list[dict[str, Any]]:
        """The preview as the engine's events, debugging and times left out."""
        self.declare(case.state)
        log = self.root / "events"
        self._call("preview", "--event-log", str(log), objects=case.program)
        kept = ("resourcePreEvent", "summaryEvent")
        said = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        return [_quiet(event) | {"sequence": event["sequence"]} for event in said if any(key in event for key in kept)]

    def export(self, case: Case) -> dict[str, Any]:
        """The state as `stack export` tells it."""
        self.declare(case.state)
        said = json.loads(self._call("stack", "export"))
        return {"version": said["version"], "deployment": {"resources": said["deployment"]["resources"]}}

    def resources(self) -> list[Any]:
        """What the state holds, the stack and its providers aside."""
        every = json.loads(self._call("stack", "export"))["deployment"].get("resources", [])
        return [each for each in every if not each["type"].startswith("pulumi:")]

    def declare(self, objects: Iterable[Object]) -> None:
        """Make these the state."""
        stack = _urn("pulumi:pulumi:Stack", f"{PROJECT}-{STACK}")
        resources = [{"urn": stack, "custom": False, "type": "pulumi:pulumi:Stack"}]
        resources += [_provider(name) for name in VERSIONS]
        resources += [_recorded(each, stack) for each in objects]
        secrets = {"type": "passphrase", "state": {"salt": self._salt}}
        manifest = {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}
        deployment = {"manifest": manifest, "secrets_providers": secrets, "resources": resources}
        self._call("stack", "import", text=json.dumps({"version": 3, "deployment": deployment}))

    def _call(self, *args: str, text: str = "", objects: Iterable[Object] = ()) -> str:
        declared = [{"type": o.type, "name": o.name, "properties": o.properties, "options": o.options} for o in objects]
        command = ["pulumi", *args, "--stack", STACK, "--non-interactive"]
        if args[:2] == ("stack", "init"):
            command = ["pulumi", *args, "--non-interactive"]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env | {"OBJECTS": json.dumps(declared)},
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:{STACK}::{PROJECT}::{token}::{name}"


def _provider(name: str) -> dict[str, Any]:
    known = {"version": VERSIONS[name]}
    token = f"pulumi:providers:{name}"
    return {
        "urn": _urn(token, f"default_{VERSIONS[name].replace('.', '_')}"),
        "custom": True,
        "id": IDS[name],
        "type": token,
        "inputs": known,
        "outputs": known,
    }


def _recorded(of: Object, parent: str) -> dict[str, Any]:
    provider = _provider(of.type.split(":")[0])
    options = {"protect": of.options.get("protect", False), "retainOnDelete": of.options.get("retain_on_delete", False)}
    return {
        "urn": _urn(of.type, of.name),
        "custom": True,
        "id": of.name,
        "type": of.type,
        "inputs": _plain(of.properties),
        "outputs": _plain(of.live or of.properties),
        "parent": parent,
        "provider": f"{provider['urn']}::{provider['id']}",
        **options,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"secret"}:
        return {SIGNATURE: SECRET, "plaintext": json.dumps(value["secret"])}
    return {key: _plain(item) for key, item in value.items()}


def _quiet(value: Any) -> Any:
    if isinstance(value, list):
        return [_quiet(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _quiet(item) for key, item in value.items() if key not in NOISE}
    return {key: item for key, item in kept.items() if key != "outputs" or item != kept.get("inputs")}


def text_of(digest: dict[str, Any]) -> str:
    """A digest with one step a line."""
    fields = {
        key: f"[\n{lines(value)}\n]" if isinstance(value, list) else json.dumps(value) for key, value in digest.items()
    }
    return "{" + ",\n".join(f"{json.dumps(key)}: {value}" for key, value in fields.items()) + "}"


def lines(values: list[Any], separator: str = ",\n") -> str:
    return separator.join(json.dumps(value) for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CASE")
    parser.add_argument("--into", type=Path, default=HERE / "fixtures" / "plan")
    asked = parser.parse_args()

    def write(name: str, text: str) -> None:
        path = asked.into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
        print(path)

    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder))
        for name in asked.names or CASES:
            write(f"{name}.json", text_of(recorder.digest(CASES[name])))
        if not asked.names:
            several = CASES["cluster-renamed"]
            steps = recorder.digest(several, "--show-replacement-steps", "--show-sames")
            write("forms/steps.json", text_of(steps))
            write("forms/events.jsonl", lines(recorder.events(several), "\n"))
            write("forms/export.json", json.dumps(recorder.export(CASES["nothing-changes"]), indent=1))


if __name__ == "__main__":
    main()
