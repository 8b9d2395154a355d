"""News over HTTP, to a real server that takes it, refuses it, or never answers."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from infra.notify.news import News, deliveries
from infra.notify.send import send
from infra.settings.notifications import Notifications
from infra.telemetry import new_relic

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "canary-7f3a"
GOOD = News("production", good=True, text="deploy v2 on production: deployed", by="me@here", serving="v2")


class Receiver:
    """An HTTP server that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any], dict[str, str]]] = []
        self.status: dict[str, int] = {}
        self.answer = b"ok"
        self.gone = threading.Event()
        self.hanging = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.hanging:
                    receiver.gone.wait(30)
                    return
                receiver.told.append((self.path, json.loads(body), dict(self.headers)))
                self.send_response(receiver.status.get(self.path, 200))
                self.send_header("Content-Length", str(len(receiver.answer)))
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()
    monkeypatch.setitem(new_relic.URLS, "us", f"{receiver.url}/graphql")
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield receiver
    receiver.gone.set()
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def settings(url: str) -> Notifications:
    sentry = {"organization": "rez", "project": "merchant-backend", "url": url}
    return Notifications.model_validate({"webhook": True, "sentry": sentry, "new_relic": {"entity": "MXxBUE18QVBQ"}})


def tell(receiver: Receiver, news: News = GOOD, *, limit_s: float = 5.0, **given: str) -> list[str]:
    names = {
        "REZ_WEBHOOK_URL": f"{receiver.url}/hook/{SECRET}",
        "SENTRY_AUTH_TOKEN": SECRET,
        "NEW_RELIC_API_KEY": SECRET,
    }
    said: list[str] = []
    send(deliveries(news, settings(receiver.url), names | given), say=said.append, limit_s=limit_s)
    return said


def test_everybody_is_told(receiver: Receiver) -> None:
    assert tell(receiver) == []
    told = {path: (body, headers) for path, body, headers in receiver.told}
    text = told[f"/hook/{SECRET}"][0]["text"]
    assert "deploy v2 on production: deployed" in text
    assert "me@here" in text
    releases = "/api/0/organizations/rez/releases/"
    body, headers = told[releases]
    assert body == {"version": "v2", "projects": ["merchant-backend"]}
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert told[f"{releases}v2/deploys/"][0] == {"environment": "production"}
    body, headers = told["/graphql"]
    assert headers["API-Key"] == SECRET
    deployment = body["variables"]["deployment"]
    assert (deployment["version"], deployment["entityGuid"]) == ("v2", "MXxBUE18QVBQ")


def test_bad_news_are_for_people_and_make_no_release(receiver: Receiver) -> None:
    bad = News("production", good=False, text="deploy v3: rolled back", by="me@here")
    assert tell(receiver, bad) == []
    ((path, body, _),) = receiver.told
    assert path == f"/hook/{SECRET}"
    assert ":rotating_light:" in body["text"]


def test_what_is_told_can_call_nobody_and_link_nowhere(receiver: Receiver) -> None:
    hostile = News("production", good=False, text="<!channel> ```<https://evil|x> & more", by="<@U1>\n*me*")
    tell(receiver, hostile)
    text = receiver.told[0][1]["text"]
    assert "<!channel>" not in text
    assert "<https" not in text
    assert "<@U1>" not in text
    assert text.count("```") == 2


def test_a_release_that_is_refused_gets_no_deploy(receiver: Receiver) -> None:
    receiver.status = {"/api/0/organizations/rez/releases/": 403}
    assert tell(receiver) == ["Sentry is not told: HTTP 403"]
    assert not any("deploys" in path for path, *_ in receiver.told)


def test_a_redirect_is_not_followed_with_the_credential(receiver: Receiver) -> None:
    receiver.status = {f"/hook/{SECRET}": 302}
    assert tell(receiver) == ["the webhook is not told: HTTP 302"]


def test_errors_with_a_good_status_are_noticed(receiver: Receiver) -> None:
    receiver.answer = b'{"errors": [{"message": "entity not found"}]}'
    assert "New Relic is not told: it answers with errors" in tell(receiver)


def test_a_missing_credential_is_named_and_the_others_are_told(receiver: Receiver) -> None:
    assert tell(receiver, SENTRY_AUTH_TOKEN=" ") == ["Sentry is not told: $SENTRY_AUTH_TOKEN is not set"]
    assert {path for path, *_ in receiver.told} == {f"/hook/{SECRET}", "/graphql"}


def test_nobody_holds_a_deploy_up(receiver: Receiver) -> None:
    receiver.hanging = True
    started = time.monotonic()
    said = tell(receiver, limit_s=0.5)
    assert time.monotonic() - started < 2
    assert len(said) == 3
    assert all("is not told: " in each for each in said)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/{}", "not an address {}", "ftp://x/{}", "http://[{}", "http://a b/{}"]
)
def test_an_address_that_leads_nowhere_is_said_without_it(receiver: Receiver, url: str) -> None:
    said = tell(receiver, REZ_WEBHOOK_URL=url.format(SECRET))
    (line,) = said
    assert line.startswith("the webhook is not told: ")
    assert SECRET not in line


def test_no_credential_is_in_what_a_log_could_show(receiver: Receiver) -> None:
    found = list(deliveries(GOOD, settings(receiver.url), {"REZ_WEBHOOK_URL": SECRET, "SENTRY_AUTH_TOKEN": SECRET}))
    assert SECRET not in repr(found)


def test_without_settings_nobody_is_asked() -> None:
    said: list[str] = []
    send(deliveries(GOOD, Notifications(), {"REZ_WEBHOOK_URL": SECRET}), say=said.append)
    assert said == []
