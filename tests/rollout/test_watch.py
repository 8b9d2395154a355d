from __future__ import annotations

import threading
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import UnavailableError
from infra.rejection import ApiError
from infra.rollout import watch
from infra.rollout.feed import pump
from infra.rollout.store import queries
from infra.rollout.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator


def follow(stage: Any, **options: Any) -> Iterator[Any]:
    return watch.follow(stage.cluster, Target(), say=stage.said.append, clock=stage.clock, **options)


def until(moments: Iterator[Any], wanted: Any) -> Any:
    return next(found for found in islice(moments, 200) if wanted(found[1]))


def test_first_snapshot_comes_only_when_every_kind_is_known(stage: Any) -> None:
    _, found = until(follow(stage), lambda seen: seen is not None)
    assert found.deployment is not None
    assert len(found.pods) == 3


def test_an_expired_version_is_listed_again(stage: Any) -> None:
    moments = follow(stage)
    until(moments, lambda seen: seen is not None)
    stage.cluster.show("deployment/crashing-v3")
    _, _found = until(moments, lambda seen: seen is not None and len(seen.pods) == 4)
    assert stage.cluster.expired
    assert not stage.said
    moments.close()


def test_a_short_outage_is_told_and_waited_for(stage: Any) -> None:
    moments = follow(stage)
    until(moments, lambda seen: seen is not None)
    stage.cluster.away = True
    until(moments, lambda seen: seen is None)
    stage.cluster.away = False
    until(moments, lambda seen: seen is not None)
    moments.close()
    assert len(stage.said) == 2
    assert "Connection refused; waiting up to 90 s" in stage.said[0]
    assert "answers again" in stage.said[1]


def test_the_time_of_an_outage_does_not_count(stage: Any) -> None:
    moments = follow(stage)
    before, _ = until(moments, lambda seen: seen is not None)
    stage.cluster.away = True
    until(moments, lambda seen: seen is None)
    stage._time += 80
    stage.cluster.away = False
    after, _ = until(moments, lambda seen: seen is not None)
    moments.close()
    assert after - before < 80


def test_time_stands_still_during_an_outage(stage: Any) -> None:
    moments = follow(stage)
    until(moments, lambda seen: seen is not None)
    stage.cluster.away = True
    first, _ = until(moments, lambda seen: seen is None)
    stage._time += 40
    second, _ = next(moments)
    moments.close()
    assert second == first


def test_a_long_outage_ends_the_watch_as_unavailable(stage: Any) -> None:
    moments = follow(stage, outage_limit_s=3)
    until(moments, lambda seen: seen is not None)
    stage.cluster.away = True
    with pytest.raises(UnavailableError, match="away for"):
        until(moments, lambda seen: False)


def test_a_refusal_ends_the_watch(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ApiError("pods is forbidden", status=403, reason="Forbidden")

    monkeypatch.setattr(stage.cluster, "list_page", refuse)
    with pytest.raises(ApiError, match="forbidden"):
        until(follow(stage), lambda seen: False)


def test_watches_end_with_the_generator(stage: Any) -> None:
    before = threading.active_count()
    moments = follow(stage)
    until(moments, lambda seen: seen is not None)
    moments.close()
    for thread in threading.enumerate():
        if thread.daemon:
            thread.join(timeout=3)
    assert threading.active_count() <= before


class OneList:
    """A server that answers one list and then says nothing more."""

    def __init__(self, items: list[dict[str, Any]], stop: threading.Event) -> None:
        self.items, self.stop, self.fields = items, stop, ""

    def list_page(self, *_: Any, fields: str = "", **__: Any) -> tuple[list[dict[str, Any]], str]:
        self.fields = fields
        return self.items, "1"

    def watch(self, *_: Any, **__: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from [("ADDED", item) for item in self.items]
        self.stop.set()


def test_events_about_other_objects_are_never_held() -> None:
    about = [f"other-{number}" for number in range(1000)] + ["merchant-backend-5f7c-x2x"]
    events = [{"metadata": {"name": name, "uid": name}, "involvedObject": {"name": name}} for name in about]
    stop, messages = threading.Event(), []
    source = OneList(events, stop)
    query = next(query for query in queries(Target()) if query.kind == "Event")
    pump(source, "production", query, messages.append, stop)
    held = [[each["metadata"]["name"] for each in message.items] for message in messages]
    assert held == [about[-1:], about[-1:]]
    assert "reason!=Pulled" in source.fields


def test_a_server_that_forgets_at_once_is_not_hammered(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = []

    def gone(*_: Any, **__: Any) -> Iterator[Any]:
        lists.append(1)
        raise ApiError("too old resource version", status=410, reason="Expired")

    monkeypatch.setattr(stage.cluster, "watch", gone)
    stop = threading.Event()
    query = queries(Target())[0]
    thread = threading.Thread(target=pump, args=(stage.cluster, "production", query, lambda _: None, stop))
    thread.start()
    thread.join(1.2)
    stop.set()
    thread.join()
    assert 1 <= len(lists) <= 3


def test_a_slow_look_is_followed_by_a_longer_rest(stage: Any) -> None:
    moments = follow(stage)
    until(moments, lambda seen: seen is not None)
    time.sleep(0.1)  # a thousand pods, looked at
    stage.cluster.show("deployment/crashing-v3")
    began = time.perf_counter()
    next(moments)
    assert time.perf_counter() - began >= 0.1 * watch.REST * 0.9
    moments.close()


def test_a_moment_that_is_due_is_not_slept_through(stage: Any) -> None:
    moments = follow(stage, due=lambda: stage._time + 0.2)  # of a clock that stands still while nobody asks
    until(moments, lambda seen: seen is not None)
    took = [_look_s(moments) for _ in range(5)]
    moments.close()
    assert min(took) < watch.TICK_S / 2


def test_a_moment_that_is_over_is_not_waited_for(stage: Any) -> None:
    moments = follow(stage, due=lambda: 0.0)
    until(moments, lambda seen: seen is not None)
    took = _look_s(moments)
    moments.close()
    assert took >= watch.TICK_S * 0.9


def _look_s(moments: Iterator[Any]) -> float:
    began = time.perf_counter()
    next(moments)
    return time.perf_counter() - began
