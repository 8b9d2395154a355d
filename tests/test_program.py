from __future__ import annotations

import asyncio
import contextlib
import json
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pulumi
import pytest
import yaml
from moto import mock_aws
from pulumi.runtime import mocks
from pulumi.runtime.stack import run_pulumi_func

from infra import program
from infra.errors import PreconditionError, SettingsError
from infra.local.paths import ROOT
from infra.manifests.overrides import Overrides
from infra.manifests.release import Release
from infra.manifests.rendered import Rendered
from infra.settings import parse
from infra.settings.inventory import INVENTORY
from infra.settings.stack_file import own_sections
from policies.admission import GUARDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGE = f"docker.io/rezapp/merchant-backend@sha256:{'a' * 64}"
SECRETS = {secret.name: f"canary-{secret.name}" for secret in INVENTORY}
CONNECTION = {"standardSrv": "mongodb+srv://merchant.ab12c.mongodb.net"}
SECRET_MARK = "4dabf18193072939515e22adb298388d"


class Cloud(mocks.Mocks):
    """Answers every resource with its own inputs, and a stack reference with the given outputs."""

    def __init__(self, outputs: dict[str, Any]) -> None:
        self.outputs = outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.name, "outputs": self.outputs, "secretOutputNames": []}
        found = {"connectionStrings": CONNECTION} if args.typ.endswith(":AdvancedCluster") else {}
        return f"{args.name}-id", args.inputs | found

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        return {}


class Recorder(mocks.MockMonitor):
    """A monitor that remembers what was asked for."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.requests: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the name of the RPC)
        self.requests[f"{request.type.rpartition(':')[2]}/{request.name}"] = request
        with closed_loop():
            return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 (the name of the RPC)
        with closed_loop():
            return super().ReadResource(request)


def plain_text(properties: Any) -> str:
    """What a request says in the open."""
    shown = []
    for value in properties.fields.values():
        inner = value.struct_value
        if value.WhichOneof("kind") == "struct_value":
            shown.append("" if SECRET_MARK in inner.fields else plain_text(inner))
        else:
            shown.append(str(value))
    return " ".join(shown)


@contextlib.contextmanager
def closed_loop() -> Iterator[None]:
    """Lend the SDK's mock an event loop in its thread: one that it opens itself it never closes."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@dataclass
class Declared:
    requests: dict[str, Any]
    exports: dict[str, Any] = field(default_factory=dict)

    def named(self, prefix: str) -> Any:
        (found,) = [request for name, request in self.requests.items() if name.startswith(prefix)]
        return found


def config(stack: str) -> dict[str, str]:
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    sections = document["config"] | {"rez-infra:secrets": SECRETS}
    return {key: json.dumps(value) for key, value in sections.items()}


def declare(
    monkeypatch: pytest.MonkeyPatch,
    *,
    stack: str = "local",
    release: str | None = f"v1={IMAGE}",
    outputs: dict[str, Any] | None = None,
    sections: dict[str, Any] | None = None,
) -> Declared:
    whole = config(stack) | {f"rez-infra:{key}": json.dumps(value) for key, value in (sections or {}).items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(whole))
    monkeypatch.delenv("REZ_RELEASE", raising=False)
    if release is not None:
        monkeypatch.setenv("REZ_RELEASE", release)

    async def run() -> Declared:
        recorder = Recorder(Cloud(outputs or {}))
        mocks.set_mocks(recorder.mocks, "rez-infra", stack, monitor=recorder, organization="organization")
        await run_pulumi_func(program.main)
        root = pulumi.runtime.get_root_resource()
        exports = {name: await pulumi.Output.from_input(value).future() for name, value in root.outputs.items()}
        return Declared(recorder.requests, exports)

    return asyncio.run(run())


def of_then() -> str:
    """What the record of v1 says: another pool than today's."""
    sections = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text(encoding="utf-8"))["config"]
    sections["rez-infra:database"]["pool"]["max"] = 40
    return str(Rendered.of(parse(own_sections(sections), stack="local"), Release("v1", IMAGE)))


def config_of(declared: Declared) -> dict[str, Any]:
    data = declared.named("ConfigMap/").object.fields["data"].struct_value.fields
    return {key: value.string_value for key, value in data.items()}


def test_a_release_that_comes_back_is_declared_as_its_record_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "record").write_text(of_then())
    monkeypatch.setenv("REZ_RECORD", str(tmp_path / "record"))
    declared = declare(monkeypatch)
    assert config_of(declared)["MONGODB_MAX_POOL_SIZE"] == "40"
    assert declared.exports["record"] == of_then()


def test_an_update_keeps_a_release_that_came_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"release": {"version": "v1", "image": IMAGE}, "record": of_then()}
    kept = declare(monkeypatch, release=None, outputs=outputs)
    assert config_of(kept)["MONGODB_MAX_POOL_SIZE"] == "40"
    assert kept.exports["record"] == of_then()
    deployed = declare(monkeypatch, outputs=outputs)
    assert config_of(deployed)["MONGODB_MAX_POOL_SIZE"] == "50"
    assert "record" not in deployed.exports


def test_a_record_of_another_release_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "record").write_text(of_then())
    monkeypatch.setenv("REZ_RECORD", str(tmp_path / "record"))
    with pytest.raises(PreconditionError, match="record of release v9 is of v1"):
        declare(monkeypatch, release=f"v9={IMAGE}")


def test_every_object_of_the_service_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {name.split("/")[0] for name in declare(monkeypatch).requests}
    assert kinds >= {
        "Namespace",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "ConfigMap",
        "Secret",
        "Deployment",
        "Service",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
    }


def test_a_deploys_objects_are_below_the_api_and_the_rest_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = declare(monkeypatch).requests
    below = {name.split("/")[0] for name, request in requests.items() if "rez:api:Api" in request.parent}
    assert below == {
        "ConfigMap",
        "Secret",
        "Deployment",
        "Service",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
    }


def test_what_the_api_server_enforces_is_declared_on_every_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    for stack in ("production", "local"):
        requests = declare(monkeypatch, stack=stack).requests
        names = [name for name, request in requests.items() if "rez:admission:Admission" in request.parent]
        kinds = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
        declared = [*(guard.name for guard in GUARDS), "fencing"]
        assert sorted(names) == sorted(f"{kind}/rez-{name}" for kind in kinds for name in declared)
        labels = requests[names[0]].object.fields["metadata"].struct_value.fields["labels"].struct_value.fields
        assert labels["app.kubernetes.io/part-of"].string_value == "rez"


def test_an_exempt_rule_only_warns_until_its_last_day_is_over() -> None:
    entry = {
        "rule": "pdb-blocks-drain",
        "resource": "Pdb x/y",
        "reason": "a",
        "owner": "b",
        "expires": "2026-11-30",
    }
    sections = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text(encoding="utf-8"))["config"]
    settings = parse(own_sections(sections | {"rez-infra:exemptions": [entry]}), stack="local")
    assert program.exempt_rules(settings, today=date(2026, 11, 30)) == {"pdb-blocks-drain": {"Pdb x/y"}}
    assert program.exempt_rules(settings, today=date(2026, 12, 1)) == {}


def test_exempt_rules_reach_the_api_server_as_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "exempt_rules", lambda settings, today: {"pdb-blocks-drain": {""}})
    names = declare(monkeypatch).requests
    assert "ValidatingAdmissionPolicyBinding/rez-pdb-exempt" in names
    assert "ValidatingAdmissionPolicyBinding/rez-pdb" not in names


def test_nothing_is_created_before_its_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, request in declare(monkeypatch).requests.items():
        if request.custom and request.type.startswith("kubernetes:") and not name.startswith("Namespace"):
            assert any("Namespace" in urn for urn in request.dependencies), name


def test_pods_come_after_their_account_volume_config_and_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    dependencies = " ".join(declare(monkeypatch).named("Deployment/").dependencies)
    for kind in ("ServiceAccount", "PersistentVolumeClaim", "NetworkPolicy", "ConfigMap", "Secret"):
        assert f":{kind}::" in dependencies


def test_what_is_stateful_is_protected_in_production_and_not_on_local(monkeypatch: pytest.MonkeyPatch) -> None:
    protected = {
        stack: {name for name, request in declare(monkeypatch, stack=stack).requests.items() if request.protect}
        for stack in ("production", "local")
    }
    assert protected == {
        "production": {
            "Namespace/production",
            "PersistentVolumeClaim/merchant-backend-storage",
            "StatefulSet/redis",
            "Project/rez-production",
            "AdvancedCluster/merchant",
            "CloudBackupSchedule/merchant",
        },
        "local": set(),
    }


def test_old_config_and_secrets_outlive_the_release_that_used_them(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name.split("/")[0] for name, request in declare(monkeypatch).requests.items() if request.retainOnDelete}
    assert kept == {"ConfigMap", "Secret"}


def test_secret_values_travel_marked_as_secret_under_a_public_name(monkeypatch: pytest.MonkeyPatch) -> None:
    request = declare(monkeypatch).named("Secret/db-secrets-")
    data = request.object.fields["data"].struct_value.fields
    assert set(data) == {"MONGODB_URI", "REDIS_CA", "JWT_SECRET"}
    assert all(SECRET_MARK in value.struct_value.fields for value in data.values())
    assert request.object.fields["metadata"].struct_value.fields["name"].string_value == request.name


def test_the_apis_connection_is_the_clusters_with_the_password_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = declare(monkeypatch)
    data = requests.named("Secret/db-secrets-").object.fields["data"].struct_value.fields
    encoded = data["MONGODB_URI"].struct_value.fields["value"].string_value
    assert b64decode(encoded).decode() == (
        "mongodb+srv://api-a:canary-MONGODB_PASSWORD_A@merchant.ab12c.mongodb.net/rez"
        "?authSource=admin&retryWrites=true&w=majority"
    )
    plain = [name for name, each in requests.requests.items() if "canary-MONGODB" in plain_text(each.object)]
    assert plain == []


def test_only_local_may_go_without_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(program.NO_DATABASE_VARIABLE, "true")
    assert "AdvancedCluster/merchant" not in declare(monkeypatch, stack="local").requests
    assert "AdvancedCluster/merchant" in declare(monkeypatch, stack="production").requests


def test_outputs_say_what_runs_by_the_deployments_own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert declare(monkeypatch).exports == {
        "release": {"version": "v1", "image": IMAGE},
        "overrides": {},
        "fencing_token": "",
        "namespace": "production",
        "service": "merchant-backend-service",
        "url": "http://127.0.0.1:8080",
    }


def test_without_a_named_release_the_running_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"version": "v7", "image": IMAGE}
    assert declare(monkeypatch, release=None, outputs={"release": kept}).exports["release"] == kept


def test_a_deploy_stamps_the_deployment_and_a_later_update_keeps_the_stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    def stamp(declared: Declared) -> tuple[str, str]:
        metadata = declared.named("Deployment/").object.fields["metadata"].struct_value.fields
        annotations = metadata["annotations"].struct_value.fields
        template = declared.named("Deployment/").object.fields["spec"].struct_value.fields["template"]
        assert "fencing" not in str(template)
        return annotations["rez.dev/fencing-token"].string_value, declared.exports["fencing_token"]

    assert stamp(declare(monkeypatch, outputs={"fencing_token": "4.2"})) == ("4.2", "4.2")
    monkeypatch.setenv("REZ_FENCING_TOKEN", "5.1")
    assert stamp(declare(monkeypatch, outputs={"fencing_token": "4.2"})) == ("5.1", "5.1")


def override(hours: float, **values: Any) -> dict[str, Any]:
    """One that began an hour ago and ends in some hours."""
    begin, end = (datetime.now(UTC) + timedelta(hours=each) for each in (-1, hours))
    return {"since": begin.isoformat(), "expires": end.isoformat(), "reason": "INC-7", "by": "me@here", **values}


def bounds(declared: Declared) -> tuple[float, float]:
    spec = declared.named("HorizontalPodAutoscaler/").object.fields["spec"].struct_value.fields
    return spec["minReplicas"].number_value, spec["maxReplicas"].number_value


def test_an_override_is_declared_and_told_by_the_objects_own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"scale": override(1, pods={"min": 5, "max": 5}), "memory": override(1, limit_mib=2048)}
    monkeypatch.setenv("REZ_OVERRIDES", json.dumps(asked))
    declared = declare(monkeypatch)
    assert bounds(declared) == (5, 5)
    found = Overrides.of(declared.exports["overrides"])
    assert found == Overrides.model_validate(asked)


def test_a_later_update_keeps_it_until_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for hours, expected in ((0.01, (5, 8)), (-0.01, (3, 10))):
        before = {"scale": json.dumps(override(hours, pods={"min": 5, "max": 8}))}
        declared = declare(monkeypatch, outputs={"overrides": before})
        assert bounds(declared) == expected
        assert declared.exports["overrides"].keys() == ({"scale"} if hours > 0 else set())


def test_a_restart_is_kept_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    restart = {"restart": '{"at":"2020-01-01T00:00:00Z","reason":"pools","by":"me@here"}'}
    assert declare(monkeypatch, outputs={"overrides": restart}).exports["overrides"] == restart


def test_one_that_cannot_be_is_refused_before_the_first_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REZ_OVERRIDES", json.dumps({"memory": override(1, limit_mib=4096)}))
    with pytest.raises(PreconditionError, match=r"REZ_OVERRIDES: memory.limit_mib: .*2048"):
        declare(monkeypatch)


def test_without_any_release_it_refuses_before_the_first_object(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PreconditionError, match=r"stack local has no release to keep: run `rez deploy VERSION`"):
        declare(monkeypatch, release=None)


@pytest.mark.parametrize("text", ["v1", f"={IMAGE}", "v1=rezapp/merchant-backend:v1", f"v 1={IMAGE}", f"v1={IMAGE}0"])
def test_a_release_that_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(PreconditionError, match="must be VERSION=IMAGE@sha256:DIGEST"):
        program.parse_release(text)


def test_a_release_is_a_version_and_an_image_by_digest() -> None:
    assert program.parse_release(f"v1.2.3={IMAGE}") == Release("v1.2.3", IMAGE)


def test_missing_secrets_are_all_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as caught:
        declare(monkeypatch, stack="production", sections={"secrets": {"JWT_SECRET": "canary", "SENTRY_DSN": "  "}})
    assert len(caught.value.problems) == len(INVENTORY) - 1
    assert (
        "rez pulumi config set --stack production --secret --path 'secrets.MONGODB_PASSWORD_A'"
        in caught.value.problems[0]
    )
    assert "canary" not in str(caught.value)


def elsewhere(monkeypatch: pytest.MonkeyPatch, *, secrets: dict[str, str], values: dict[str, str]) -> Declared:
    """Declare production with some secrets in its stack file, the others in Secrets Manager."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    source = {"aws": {"region": "eu-central-1", "prefix": "rez/production/"}}
    with mock_aws():
        manager = boto3.client("secretsmanager", region_name="eu-central-1")
        for name, value in values.items():
            manager.create_secret(Name=f"rez/production/{name}", SecretString=value)
        return declare(monkeypatch, stack="production", sections={"secrets": secrets, "secret_sources": source})


def test_secrets_of_secrets_manager_travel_as_those_of_the_stack_file_do(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = declare(monkeypatch, stack="production").named("Secret/db-secrets-")
    own = {"JWT_SECRET": SECRETS["JWT_SECRET"]}
    outside = elsewhere(monkeypatch, secrets=own, values=SECRETS | {"JWT_SECRET": "not asked for"})
    found = outside.named("Secret/db-secrets-")
    assert found.name == inside.name
    assert found.object == inside.object
    data = found.object.fields["data"].struct_value.fields
    assert all(SECRET_MARK in value.struct_value.fields for value in data.values())
    assert not [name for name, request in outside.requests.items() if "canary" in name]


def test_a_secret_that_is_neither_here_nor_there_stops_before_the_first_object(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {name: value for name, value in SECRETS.items() if name != "SENTRY_DSN"}
    with pytest.raises(SettingsError) as caught:
        elsewhere(monkeypatch, secrets={"TYPO": "canary"}, values=values)
    lines = caught.value.problems
    assert [line.split(":")[0] for line in lines] == ["secrets.SENTRY_DSN", "secrets.TYPO"]
    assert "canary" not in str(caught.value)


def test_other_settings_that_cannot_work_do_not_call_secrets_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as caught:
        declare(monkeypatch, stack="production", sections={"secrets": {}, "secret_sources": {"aws": {"region": "x"}}})
    assert {line.split(":")[0] for line in caught.value.problems} == {
        "secret_sources.aws.region",
        "secret_sources.aws.prefix",
    }
