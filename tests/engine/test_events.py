from __future__ import annotations

import json
from typing import Any

import pytest

from infra.engine.events import explain, judge, parse, violations
from infra.errors import (
    DriftFound,
    LockHeld,
    PolicyViolation,
    PreconditionError,
    RezError,
    SettingsError,
    UnavailableError,
)

ONE_LOCK = """\
error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock \
file with `pulumi cancel`.
  file:///home/a%20b/state/.pulumi/locks/organization/rez-infra/local/0b4b.json?no_tmp_dir=true: created by \
root@vm (pid 23491) at 2026-11-23T22:55:00Z
"""
TWO_LOCKS = (
    ONE_LOCK.replace("by 1 lock(s)", "by 2 lock(s)")
    + """\
  file:///home/a%20b/state/.pulumi/locks/organization/rez-infra/local/51fe.json?no_tmp_dir=true: created by \
ci runner@build host.example (pid 7) at 2026-11-23T23:55:00+01:00
"""
)


def diagnostic(message: str, severity: str = "error") -> dict[str, Any]:
    return {"sequence": 1, "diagnosticEvent": {"message": message, "severity": severity, "color": "never"}}


def policy(message: str, level: str = "mandatory") -> dict[str, Any]:
    return {"policyEvent": {"policyName": "container-limits", "message": message, "enforcementLevel": level}}


def judged(*events: dict[str, Any], output: str = "", code: int = 255, writes: bool = True) -> RezError:
    failure = judge(list(events), output, code, writes=writes)
    assert failure is not None
    return failure


def test_a_success_is_no_failure() -> None:
    assert judge([diagnostic("slow", "warning"), policy("advice", "advisory")], "", 0, writes=True) is None


def test_a_mandatory_policy_comes_before_every_other_error() -> None:
    failure = judged(
        diagnostic("cluster unavailable: x"), policy("<{%fg 1%}>no limit<{%reset%}>\n"), policy("no limit")
    )
    assert isinstance(failure, PolicyViolation)
    assert str(failure) == "container-limits: no limit"
    assert failure.exit_code == 4


def test_advice_is_not_a_violation() -> None:
    assert violations([policy("could be better", "advisory")]) == []


def test_a_lock_is_reported_with_its_holder() -> None:
    failure = judged(output=ONE_LOCK)
    assert isinstance(failure, LockHeld)
    assert (failure.holder, failure.since) == ("root@vm (pid 23491)", "2026-11-23T22:55:00Z")
    assert str(failure) == "the stack is being changed by root@vm (pid 23491) since 2026-11-23T22:55:00Z: " + _WAIT


_WAIT = "wait for it to end, or free a lock whose machine is gone with `rez pulumi cancel --stack NAME`"


def test_several_locks_are_reported_with_every_holder() -> None:
    failure = judged(output=TWO_LOCKS)
    assert isinstance(failure, LockHeld)
    assert failure.holder == "root@vm (pid 23491)"
    assert "and by ci runner@build host.example (pid 7) since 2026-11-23T23:55:00+01:00" in str(failure)


def test_a_lock_of_a_holder_with_spaces_is_recognised() -> None:
    only = TWO_LOCKS.splitlines(keepends=True)
    failure = judged(output=only[0] + only[2])
    assert isinstance(failure, LockHeld)
    assert failure.holder == "ci runner@build host.example (pid 7)"


def test_a_cluster_out_of_reach_says_that_nothing_is_lost() -> None:
    failure = judged(diagnostic("other"), diagnostic("cluster unavailable: https://x: refused\n"))
    assert isinstance(failure, UnavailableError)
    assert str(failure).splitlines()[0] == "cluster unavailable: https://x: refused"
    assert "run the same command again" in str(failure)


AWS = 'read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error '


@pytest.mark.parametrize(
    "line",
    [
        AWS + "S3: GetObject, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , "
        'HostID: , request send failed, Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
        AWS + "KMS: Decrypt, https response error StatusCode: 503, RequestID: x, api error ServiceUnavailable: later",
        "refused: AWS unavailable: secret_sources.aws: secrets rez/* in eu-central-1: Connect timeout; safe to repeat",
    ],
)
def test_aws_out_of_reach_is_safe_to_repeat(line: str) -> None:
    failure = judged(output=f"error: {line}")
    assert isinstance(failure, UnavailableError)
    assert "refused" not in str(failure).split(":")[0]
    assert "nothing is lost" in str(failure)


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("S3: ListObjectsV2, https response error StatusCode: 404, NoSuchBucket: no", "rez bootstrap aws"),
        ("S3: GetObject, get identity: get credentials: failed to refresh cached credentials", "AWS_PROFILE"),
        ("KMS: Decrypt, https response error StatusCode: 400, AccessDeniedException: no", "AWS denies it"),
    ],
)
def test_what_a_person_must_put_right_on_aws_has_its_remedy(said: str, remedy: str) -> None:
    failure = judged(output=f"error: {AWS}{said}")
    assert isinstance(failure, PreconditionError)
    assert remedy in str(failure)


def test_several_errors_at_once_are_all_told_without_their_count() -> None:
    denied = "operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: no"
    failure = judged(output=f"error: 2 errors occurred:\n    1) {denied}\n    2) PermissionDenied\n")
    assert str(failure).splitlines()[:2] == [denied, "PermissionDenied"]
    assert "AWS denies it" in str(failure)


def test_a_quick_commands_lock_is_reported_too() -> None:
    assert isinstance(explain(ONE_LOCK, 255), LockHeld)


def test_a_blind_success_of_a_run_that_was_to_write_is_a_failure() -> None:
    blind = diagnostic("no cluster reachable: shown from the state alone", "warning")
    assert isinstance(judge([blind], "", 0, writes=True), UnavailableError)
    assert judge([blind], "", 0, writes=False) is None


def test_unexpected_changes_are_drift() -> None:
    failure = judged(diagnostic("no changes were expected but changes were proposed"), code=1)
    assert isinstance(failure, DriftFound)
    assert failure.exit_code == 7


def test_what_the_program_refused_is_told_line_by_line_without_its_mark() -> None:
    failure = judged(diagnostic("refused: pool: 9 > 8"), diagnostic("refused: grace: 1 < 2"), diagnostic("noise"))
    assert isinstance(failure, SettingsError)
    assert failure.problems == ["pool: 9 > 8", "grace: 1 < 2"]


def test_an_unknown_failure_keeps_the_engines_own_words_once() -> None:
    failure = judged(
        diagnostic("Service production/x: field is immutable"),
        diagnostic("Service production/x: field is immutable"),
        diagnostic("update failed"),
        diagnostic("Program exited with non-zero exit code: 1"),
        diagnostic("  "),
    )
    assert type(failure) is RezError
    assert str(failure) == "Service production/x: field is immutable"


def test_without_events_the_printed_errors_count() -> None:
    failure = judged(output="hello\nerror: unknown flag: --nope\nusage…\n", code=1)
    assert str(failure) == "unknown flag: --nope"


def test_without_any_words_the_exit_code_is_told() -> None:
    assert str(judged(code=137)) == "the engine ended with exit code 137"


def test_a_log_that_was_cut_is_read_up_to_the_cut() -> None:
    whole = json.dumps(diagnostic("first")) + "\n"
    assert parse(whole + whole[:20]) == [diagnostic("first")]
    assert parse("") == []
    assert parse(whole[:-1]) == [diagnostic("first")]
