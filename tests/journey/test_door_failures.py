"""What leaves when the hub itself fails: a code and a trace, nothing of the cause."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.errors import Code, ServiceUnavailable
from hub.http import graphql
from hub.model.entry import Receipt
from hub.pipeline import Release, Request, Rooms
from tests.journey.door import ILZE, MEDIA, assert_refused, assert_tells_nothing, body, send
from tests.journey.town import Town, Watched, codes

Answer = Callable[[Request, Rooms], Awaitable[Release]]


def instead(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    monkeypatch.setattr(graphql, "answer", answer)


@pytest.mark.parametrize("accept", MEDIA)
def test_what_nobody_foresaw_is_masked(
    town: Town, monkeypatch: pytest.MonkeyPatch, accept: str | None
) -> None:
    async def broken(request: Request, rooms: Rooms) -> Release:
        raise KeyError(request.variables["personalCode"])

    instead(monkeypatch, broken)
    with capture_logs() as lines:
        response = send(town, body(), accept=accept)
    error = assert_refused(town, response, "internal", accept=accept)
    assert set(error["extensions"]) == {"code", "traceId"}
    (line,) = [each for each in lines if each["event"] == "internal"]
    assert line["trace"] == error["extensions"]["traceId"]
    assert line["error"] == "KeyError"
    assert line["where"].startswith("journey/test_door_failures.py:")
    assert ILZE not in str(lines)


def test_an_answer_that_cannot_be_written_is_masked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unwritable(request: Request, rooms: Rooms) -> Release:
        receipt = Receipt(id="0" * 32, commitment="x")
        return Release(data={"person": {ILZE, object()}}, errors=(), receipt=receipt)

    instead(monkeypatch, unwritable)
    assert_refused(town, send(town, body()), "internal")


@pytest.mark.parametrize("accept", MEDIA)
@pytest.mark.parametrize(
    "code",
    [
        Code.AUDIT_UNAVAILABLE,
        Code.POLICY_UNAVAILABLE,
        Code.CONSENT_UNAVAILABLE,
        Code.QUOTA_UNAVAILABLE,
        Code.ISSUER_UNAVAILABLE,
        Code.OVERLOADED,
    ],
)
def test_a_promise_that_cannot_be_kept_releases_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, code: Code, accept: str | None
) -> None:
    async def unable(request: Request, rooms: Rooms) -> Release:
        raise ServiceUnavailable(code) from ValueError(ILZE)

    instead(monkeypatch, unable)
    response = send(town, body(), accept=accept)
    assert_refused(town, response, code.code, accept=accept)
    assert response.status_code == 503


def test_a_register_that_breaks_in_an_unforeseen_way_tells_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Watched.fetch

    async def broken(self: Watched, *asked: Any) -> object:  # noqa: ANN401 — as the port
        if self.manifest.name == "employment":
            raise RuntimeError(f"no row for {ILZE}")
        return await whole(self, *asked)

    monkeypatch.setattr(Watched, "fetch", broken)
    (stranger,) = town.strangers(1)
    with capture_logs() as lines:
        response = town.ask(
            "query($p: PersonalCode!) { person(personalCode: $p) {"
            " employment { status } disability { status } } }",
            {"p": stranger},
            client="sandbox-full",
            agreement=None,
        )
    assert response.status_code in (200, 500)
    assert set(codes(response)) <= {"register_unavailable", "register_malformed", "internal"}
    assert_tells_nothing(response)
    assert ILZE not in str(lines)
