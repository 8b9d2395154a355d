from __future__ import annotations

import pytest

from infra.manifests.release import Release
from infra.rollout.journal import Entry
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict

V2, V3 = (Release(f"v{n}", f"docker.io/rezapp/merchant-backend@sha256:{str(n) * 64}") for n in (2, 3))
ENTRY = Entry("deploy", V3, V2, "canary", "2026-11-23T21:00:00Z", "me@here")


def written(entry: Entry) -> Entry | None:
    import json

    return Entry.parse(json.dumps(entry.as_json()))


def test_an_entry_survives_being_written() -> None:
    bad = Settled(Verdict(State.DEGRADED, "crash-loop", "container api crashed"))
    older = Entry("rollback", V2, None, "watch", "2026-11-23T20:00:00Z", "you@there", rolls_out=True).condemned(bad)
    for entry in (ENTRY, older, Entry(**{**vars(ENTRY), "left": older})):
        assert written(entry) == entry


def test_a_timeout_is_its_own_reason() -> None:
    slow = Settled(Verdict(State.PROGRESSING, "waiting", "1 of 3 updated"), timed_out=True)
    assert ENTRY.condemned(slow).bad == "timeout"


@pytest.mark.parametrize("junk", ["", "{", "[]", "{}", '{"release": "v3"}', '{"release": 3, "step": []}'])
def test_what_is_no_entry_is_none(junk: str) -> None:
    assert Entry.parse(junk) is None


def test_the_run_that_touches_the_deployment_is_found_below_one_that_does_not() -> None:
    older = Entry("deploy", V2, None, "watch", "2026-11-23T20:00:00Z", "you@there", rolls_out=True)
    assert ENTRY.touching is None
    assert Entry(**{**vars(ENTRY), "left": older}).touching is older
    assert older.touching is older
