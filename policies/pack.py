# ruff: noqa: N802 - the protocol names its methods so
"""The adapter between Pulumi's engine and the rules: an analyzer plugin that decodes each resource once.

The stock SDK decodes a resource again for every policy and turns a mandatory policy that meets an unknown value into an
advisory; therefore the engine's protocol is served here directly, with the messages of the pulumi package.
"""

from __future__ import annotations

import contextlib
import os
import sys
from concurrent import futures
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from policies.inputs.protobuf import decode
from policies.judging.exemptions import KEY, Declared, cover, faults, of_config, of_resources, parsed
from policies.judging.judge import judge, judge_stack
from policies.objects.options import Options
from policies.objects.resources import Resource, from_pulumi
from policies.objects.urn import stack_of
from policies.registry import RULES
from policies.rule import Enforcement, Finding, Rule, Scope, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME: Final = "rez-runbook"
VERSION: Final = "0.1.0"
_PARENT_CHECK_S: Final = 2.0
_MESSAGE_BYTES: Final = 400 * 1024 * 1024
_LEVELS: Final = {
    Enforcement.ADVISORY: analyzer_pb2.ADVISORY,
    Enforcement.MANDATORY: analyzer_pb2.MANDATORY,
}
_JUDGED: Final = (Scope.OBJECT, Scope.STACK, Scope.OPTIONS)
_SEVERITIES: Final = {
    Severity.MEDIUM: analyzer_pb2.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: analyzer_pb2.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: analyzer_pb2.POLICY_SEVERITY_CRITICAL,
}


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine's questions about resources."""

    def __init__(self) -> None:
        self._declared: dict[str, Resource] = {}
        self._exemptions = Declared()

    def GetAnalyzerInfo(self, request: empty_pb2.Empty, context: Any) -> analyzer_pb2.AnalyzerInfo:
        """List the rules; none can be lowered by configuration, so that is not supported."""
        del request, context
        policies = [_policy(rule) for rule in RULES if rule.scope in _JUDGED]
        return analyzer_pb2.AnalyzerInfo(name=NAME, version=VERSION, policies=policies)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any) -> plugin_pb2.PluginInfo:
        """Tell the pack's version."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    def ConfigureStack(
        self, request: analyzer_pb2.AnalyzerStackConfigureRequest, context: Any
    ) -> analyzer_pb2.AnalyzerStackConfigureResponse:
        """Take the exemptions out of the stack's config."""
        del context
        text = request.config.get(KEY)
        root = f"urn:pulumi:{request.stack}::{request.project}::pulumi:pulumi:Stack::{request.project}-{request.stack}"
        self._exemptions = of_config(parsed(text) if text else None, root)
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def Remediate(self, request: analyzer_pb2.AnalyzeRequest, context: Any) -> analyzer_pb2.RemediateResponse:
        """Change nothing. The engine asks for each resource; left out, each answer would be an exception."""
        del request, context
        return analyzer_pb2.RemediateResponse()

    def Analyze(self, request: analyzer_pb2.AnalyzeRequest, context: Any) -> analyzer_pb2.AnalyzeResponse:
        """Judge one resource by what the program declares."""
        del context
        resource = _resource(request)
        self._declared[request.urn] = resource
        own = of_resources([resource])
        found = cover(judge(resource, stack=stack_of(request.urn)), [self._exemptions, own], today=_today())
        return _response([*found, *faults([own], today=_today())])

    def AnalyzeStack(self, request: analyzer_pb2.AnalyzeStackRequest, context: Any) -> analyzer_pb2.AnalyzeResponse:
        """Judge the stack's resources together."""
        del context
        # The engine sends what the provider returned. For an object that is live that holds the API server's defaults
        # and the HPA's replicas, so what the program declared is judged, where it declared the resource in this run.
        resources = [self._declared.get(sent.urn) or _resource(sent) for sent in request.resources]
        stack = stack_of(request.resources[0].urn) if request.resources else ""
        exemptions = [self._exemptions, of_resources(resources)]
        found = cover(judge_stack(resources, stack=stack), exemptions, today=_today())
        return _response([*found, *faults([self._exemptions], today=_today())])

    def Cancel(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        """Agree to stop: every answer is quick, so there is nothing to break off."""
        del request, context
        return empty_pb2.Empty()


def serve() -> None:
    """Serve the engine until it ends this process or is gone itself; the port is the first line on stdout."""
    parent = os.getppid()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", _MESSAGE_BYTES)]
    )
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        while server.wait_for_termination(timeout=_PARENT_CHECK_S) and os.getppid() == parent:
            pass
    server.stop(grace=None)


def _policy(rule: Rule) -> analyzer_pb2.PolicyInfo:
    return analyzer_pb2.PolicyInfo(
        name=rule.id,
        displayName=rule.id,
        description=rule.about.title,
        enforcementLevel=_LEVELS[rule.enforcement],
        severity=_SEVERITIES[rule.about.severity],
        remediation_steps=f"{rule.about.remedy}\n{rule.about.snippet}",
        policy_type=analyzer_pb2.POLICY_TYPE_STACK if rule.scope is Scope.STACK else analyzer_pb2.POLICY_TYPE_RESOURCE,
    )


def _resource(sent: analyzer_pb2.AnalyzeRequest | analyzer_pb2.AnalyzerResource) -> Resource:
    options = Options(protect=sent.options.protect, ignore_changes=tuple(sent.options.ignoreChanges))
    return from_pulumi(sent.type, decode(sent.properties), sent.urn, options=options)


def _response(findings: Iterable[Finding]) -> analyzer_pb2.AnalyzeResponse:
    return analyzer_pb2.AnalyzeResponse(diagnostics=[_diagnostic(finding) for finding in findings])


def _diagnostic(finding: Finding) -> analyzer_pb2.AnalyzeDiagnostic:
    about, exemption = finding.rule.about, finding.exemption
    level = finding.enforcement if exemption is None else Enforcement.ADVISORY
    return analyzer_pb2.AnalyzeDiagnostic(
        policyName=about.id,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=about.title,
        message=f"{about.title}\n{f'{exemption}: {finding.message}' if exemption else finding.text}",
        enforcementLevel=_LEVELS[level],
        severity=_SEVERITIES[about.severity],
        urn=finding.resource.origin,
    )


def _today() -> date:
    return datetime.now(UTC).date()
