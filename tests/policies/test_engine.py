"""The pack under the real engine: `pulumi preview --policy-pack policies` of the golden stack, without any cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import policies
from infra.local import plugins, toolchain
from policies.inputs import preview as previews
from policies.judging.judge import judge, judge_stack
from policies.rule import Enforcement

if TYPE_CHECKING:
    from collections.abc import Callable

    Preview = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.engine

PACK = Path(policies.__file__).parent
GOLDEN = Path(__file__).parent / "fixtures" / "golden.yaml"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PROGRAM = f"""\
import os
import pulumi
import yaml

class Loader(yaml.SafeLoader):
    pass

Loader.add_constructor("!unknown", lambda _loader, _node: "{UNKNOWN_STRING}")
Loader.add_constructor("!secret", lambda loader, node: pulumi.Output.secret(loader.construct_scalar(node)))

for each in yaml.load_all(open({str(GOLDEN)!r}), Loader):
    said = each.pop("pulumi", {{}})
    if "type" in said:
        continue  # no provider of Atlas can be had on every machine
    if each["kind"] == "Deployment":
        api = each["spec"]["template"]["spec"]["containers"][0]
        api["resources"]["limits"]["cpu"] = os.environ.get("CPU_LIMIT", "1")
        if replicas := os.environ.get("REPLICAS"):
            each["spec"]["replicas"] = int(replicas)
    group = each["apiVersion"] if "/" in each["apiVersion"] else "core/v1"
    options = pulumi.ResourceOptions(version="{version("pulumi-kubernetes")}", **said)
    name = f"{{each['kind'].lower()}}-{{each['metadata']['name']}}"
    pulumi.CustomResource(f"kubernetes:{{group}}:{{each['kind']}}", name, each, options)
"""


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    root = tmp_path_factory.mktemp("engine")
    (root / "state").mkdir()
    project = f"name: probe\nruntime:\n  name: python\n  options: {{virtualenv: {sys.prefix}}}\n"
    (root / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    pulumi = toolchain.ensure(["pulumi"], print)["pulumi"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")} | {
        "PATH": os.pathsep.join([str(pulumi.resolve().parent), os.environ["PATH"]]),
        "PULUMI_HOME": str(root / "home"),
        "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "KUBECONFIG": str(root / "no-cluster"),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_HOME", str(root / "home"))
        plugins.install(pulumi, root / "home", Path(sys.executable))

    def run(stack: str, *options: str, file: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        def call(*args: str) -> subprocess.CompletedProcess[str]:
            command = ["pulumi", *args, "--non-interactive"]
            return subprocess.run(
                command, cwd=root, env=env | variables, capture_output=True, text=True, check=False, timeout=120
            )

        call("stack", "select", "--create", stack)
        salt = (root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8").partition("config:")[0]
        (root / f"Pulumi.{stack}.yaml").write_text(salt + file, encoding="utf-8")
        return call("preview", "--policy-pack", str(PACK), *options)

    return run


def test_good_stack_passes(preview: Preview) -> None:
    done = preview("production")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rez-runbook@v0.1.0" in done.stdout


@pytest.mark.parametrize(
    ("variables", "finds"),
    [
        ({}, set()),
        ({"CPU_LIMIT": "8", "REPLICAS": "2"}, {"deployment-cpu-limit", "deployment-replicas"}),
        ({"CPU_LIMIT": UNKNOWN_STRING}, {"deployment-cpu-limit"}),
    ],
)
def test_preview_as_json_is_judged_as_in_the_engine(
    preview: Preview, variables: dict[str, str], finds: set[str]
) -> None:
    done = preview("production", "--json", "--show-sames", **variables)
    assert (done.returncode != 0) == bool(finds), done.stderr
    resources = previews.read(done.stdout, "preview.json").loaded.resources
    found = [each for resource in resources for each in judge(resource, stack="production")]
    found += judge_stack(resources, stack="production")
    assert {finding.rule.id for finding in found if finding.enforcement is Enforcement.MANDATORY} >= finds
    assert bool(found) == bool(finds), [finding.message for finding in found]


def test_bad_value_and_bad_combination_stop_the_preview(preview: Preview) -> None:
    done = preview("local", CPU_LIMIT="8", REPLICAS="2")
    assert done.returncode != 0
    assert "[mandatory] [severity: high]  deployment-cpu-limit" in done.stdout
    assert "[mandatory] [severity: high]  deployment-replicas" in done.stdout
    assert "spec.replicas is 2, must not be set, the HPA owns it" in done.stdout
    assert "canary" not in done.stdout + done.stderr


@pytest.mark.parametrize(("stack", "level"), [("staging", "mandatory"), ("local", "advisory")])
def test_unknown_value_blocks_in_all_but_local(preview: Preview, stack: str, level: str) -> None:
    done = preview(stack, CPU_LIMIT=UNKNOWN_STRING)
    assert (done.returncode != 0) == (level == "mandatory"), done.stdout + done.stderr
    assert f"[{level}] [severity: high]  deployment-cpu-limit" in done.stdout


def test_no_configuration_lowers_a_rule(preview: Preview, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"deployment-cpu-limit": "disabled"}', encoding="utf-8")
    done = preview("production", "--policy-pack-config", str(config), CPU_LIMIT="8")
    assert done.returncode != 0
    assert "does not support config" in done.stdout + done.stderr


EXEMPTION = """\
config:
  rez-infra:exemptions:
    - rule: deployment-cpu-limit
      resource: Deployment production/merchant-backend
      reason: load test
      owner: oncall@rezapp.com
      expires: {expires}
"""


IN_FORCE = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()


@pytest.mark.parametrize(
    ("expires", "passes"), [(IN_FORCE, True), ("2020-01-01", False), ("2999-12-31", False)], ids=["now", "over", "far"]
)
def test_exemption_of_the_stack_file_is_listed_and_ends(preview: Preview, expires: str, *, passes: bool) -> None:
    done = preview("exempt", file=EXEMPTION.format(expires=expires), CPU_LIMIT="8")
    assert (done.returncode == 0) == passes, done.stdout + done.stderr
    if passes:
        assert f"exempt until {IN_FORCE}, oncall@rezapp.com: load test" in " ".join(done.stdout.split())
    else:
        assert "[mandatory] [severity: high]  exemption-valid" in done.stdout
