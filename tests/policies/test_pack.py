"""The adapter: the engine's messages in, diagnostics out, and the same as the stock SDK would say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import policy as stock

import policies
from policies.inputs.protobuf import decode
from policies.inputs.signatures import SIGNATURE
from policies.judging.judge import judge, judge_stack
from policies.objects.options import Options
from policies.objects.resources import from_pulumi
from policies.objects.values import UNKNOWN, Secret
from policies.pack import Analyzer
from policies.registry import RULES
from policies.rule import Scope
from tests.policies.encoders import request, stack_request, struct

DEPLOYMENT = "Deployment/merchant-backend"
CPU_LIMIT = "spec.template.spec.containers.api.resources.limits.cpu"


def ids(response: Any) -> list[tuple[str, int]]:
    return [(each.policyName, each.enforcementLevel) for each in response.diagnostics]


def test_decoder_keeps_unknowns_secrets_and_whole_numbers() -> None:
    sent = {
        "port": 3000,
        "share": 0.5,
        "on": True,
        "none": None,
        "list": [1, UNKNOWN],
        "secret": Secret({"k": UNKNOWN}),
    }
    decoded = decode(struct(sent))
    assert decoded == {**sent, "list": [1, UNKNOWN], "secret": Secret({"k": UNKNOWN})}
    assert [type(decoded["port"]), type(decoded["share"]), type(decoded["on"])] == [int, float, bool]


def test_decoder_leaves_an_unheard_of_signature_as_it_is() -> None:
    assert decode(struct({"ref": {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u"}}))["ref"]["urn"] == "u"


def test_decoder_survives_numbers_that_are_none() -> None:
    assert decode(struct({"n": float("inf")})) == {"n": float("inf")}


def test_mandatory_violation_carries_id_object_and_remedy(golden: Any) -> None:
    golden.change({DEPLOYMENT: {CPU_LIMIT: "8"}})
    (found,) = Analyzer().Analyze(request(golden.objects[DEPLOYMENT]), None).diagnostics
    assert (found.policyName, found.enforcementLevel) == ("deployment-cpu-limit", analyzer_pb2.MANDATORY)
    assert found.message.startswith("The API may take at most 1000m CPU\nDeployment production/merchant-backend: ")
    assert found.urn == "urn:pulumi:production::rez-infra::kubernetes:apps/v1:Deployment::deployment-merchant-backend"


@pytest.mark.parametrize(("stack", "level"), [("production", analyzer_pb2.MANDATORY), ("local", analyzer_pb2.ADVISORY)])
def test_unknown_blocks_in_all_but_local(golden: Any, stack: str, level: int) -> None:
    golden.change({DEPLOYMENT: {CPU_LIMIT: UNKNOWN}})
    response = Analyzer().Analyze(request(golden.objects[DEPLOYMENT], stack), None)
    assert ids(response) == [("container-resources", level), ("deployment-cpu-limit", level)]


def test_unknown_before_a_bad_value_does_not_soften_the_bad_one(golden: Any) -> None:
    golden.change({DEPLOYMENT: {CPU_LIMIT: "8", "spec.template.spec.containers.api.resources.requests.cpu": UNKNOWN}})
    response = Analyzer().Analyze(request(golden.objects[DEPLOYMENT], "local"), None)
    assert ("deployment-cpu-limit", analyzer_pb2.MANDATORY) in ids(response)


def test_declared_inputs_are_judged_not_what_the_autoscaler_made_of_them(golden: Any) -> None:
    analyzer = Analyzer()
    for each in golden.objects.values():
        analyzer.Analyze(request(each), None)
    golden.change({DEPLOYMENT: {"spec.replicas": 7}})
    assert ids(analyzer.AnalyzeStack(stack_request(golden.objects.values()), None)) == []


def test_resource_that_was_not_declared_in_this_run_is_judged_by_its_state(golden: Any) -> None:
    golden.change({"Service/merchant-backend-service": {"spec.selector": {"app": "x"}}})
    response = Analyzer().AnalyzeStack(stack_request(golden.objects.values()), None)
    assert ids(response) == [("service-selector", analyzer_pb2.MANDATORY)]


def test_nothing_is_remediated(golden: Any) -> None:
    assert not Analyzer().Remediate(request(golden.objects[DEPLOYMENT]), None).remediations


def test_empty_stack_has_no_finding() -> None:
    assert ids(Analyzer().AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(), None)) == []


def test_no_configuration_lowers_a_rule() -> None:
    assert not Analyzer().GetAnalyzerInfo(empty_pb2.Empty(), None).supportsConfig
    assert "Configure" not in vars(Analyzer)


def stock_servicer() -> Any:
    """The same rules as policies of the stock SDK, each decoding for itself."""

    def one(rule: Any) -> stock.ResourceValidationPolicy:
        def validate(args: Any, report: Any) -> None:
            resource = from_pulumi(args.resource_type, plain(args.props), args.urn, options=options(args))
            for finding in judge(resource, stack="production"):
                if finding.rule is rule:
                    report(finding.text, args.urn)

        return stock.ResourceValidationPolicy(
            rule.id,
            rule.about.title,
            validate,
            stock.EnforcementLevel(rule.enforcement.value),
            display_name=rule.id,
            severity=stock.Severity(rule.about.severity.value),
            remediation_steps=f"{rule.about.remedy}\n{rule.about.snippet}",
        )

    def together(rule: Any) -> stock.StackValidationPolicy:
        def validate(args: Any, report: Any) -> None:
            resources = [from_pulumi(each.resource_type, plain(each.props), each.urn) for each in args.resources]
            for finding in judge_stack(resources, stack="production"):
                if finding.rule is rule:
                    report(finding.text, finding.resource.origin)

        return stock.StackValidationPolicy(
            rule.id,
            rule.about.title,
            validate,
            stock.EnforcementLevel(rule.enforcement.value),
            display_name=rule.id,
            severity=stock.Severity(rule.about.severity.value),
            remediation_steps=f"{rule.about.remedy}\n{rule.about.snippet}",
        )

    judged = {Scope.OBJECT: one, Scope.OPTIONS: one, Scope.STACK: together}
    policies = [judged[rule.scope](rule) for rule in RULES if rule.scope in judged]
    return stock._PolicyAnalyzerServicer("rez-runbook", "0.1.0", policies, stock.EnforcementLevel.MANDATORY)


def options(args: Any) -> Options:
    return Options(protect=args.opts.protect, ignore_changes=tuple(args.opts.ignore_changes))


def plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "__len__") and not isinstance(value, str):
        return [plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


BAD = {
    DEPLOYMENT: {CPU_LIMIT: "8", "spec.replicas": 2, "spec.template.spec.hostNetwork": True},
    "Service/merchant-backend-service": {"spec.type": "NodePort", "spec.ports": [{"port": 80, "targetPort": 9}]},
    "Role/rez-deployer": {"rules": [{"apiGroups": ["*"], "resources": ["pods/exec"], "verbs": ["create"]}]},
}


def test_says_the_same_as_the_stock_sdk(golden: Any) -> None:
    golden.change(BAD)
    ours, theirs = Analyzer(), stock_servicer()
    known = [{**each, "stringData": None} for each in golden.objects.values() if "kind" in each]
    for each in known:
        message = request({**each, "data": None})
        assert [json_format.MessageToDict(d) for d in ours.Analyze(message, None).diagnostics] == [
            json_format.MessageToDict(d) for d in theirs.Analyze(message, None).diagnostics
        ]
    message = stack_request(known)
    key = "policyName"
    assert sorted(
        (json_format.MessageToDict(d) for d in Analyzer().AnalyzeStack(message, None).diagnostics), key=_by(key)
    ) == [json_format.MessageToDict(d) for d in theirs.AnalyzeStack(message, None).diagnostics]


def _by(key: str) -> Any:
    return lambda item: item[key]


def test_describes_itself_as_the_stock_sdk_does_but_for_configuration() -> None:
    ours = Analyzer().GetAnalyzerInfo(empty_pb2.Empty(), None)
    theirs = stock_servicer().GetAnalyzerInfo(empty_pb2.Empty(), None)
    theirs.supportsConfig = False
    assert ours == theirs


def test_no_module_of_the_pack_hides_one_of_the_standard_library() -> None:
    """The engine puts the pack's folder first on sys.path."""
    folder = Path(policies.__file__).parent
    names = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert names & sys.stdlib_module_names == set()
