"""When an answer may be written at one go, and when the server must be asked."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from hub.caller.protocol import _write


@dataclass
class Cycle:
    """What of uvicorn's cycle is looked at, and what happened to it."""

    response_started: bool = False
    response_complete: bool = False
    disconnected: bool = False
    keep_alive: bool = True
    write_paused: bool = False
    default_headers: list[tuple[bytes, bytes]] = field(default_factory=lambda: [(b"a", b"b")])
    written: list[bytes] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)

    def write(self) -> bool:
        happened = self.happened
        cycle: Any = SimpleNamespace(
            response_started=self.response_started,
            response_complete=self.response_complete,
            disconnected=self.disconnected,
            keep_alive=self.keep_alive,
            default_headers=self.default_headers,
            flow=SimpleNamespace(write_paused=self.write_paused),
            transport=SimpleNamespace(
                write=self.written.append, close=lambda: happened.append("closed")
            ),
            message_event=SimpleNamespace(set=lambda: happened.append("told")),
            on_response=lambda: happened.append("next"),
        )
        done = _write(cast("RequestResponseCycle", cycle), b"c: d\r\n", b"body")
        self.response_complete = cycle.response_complete
        return done


@pytest.mark.parametrize(
    ("keep_alive", "line", "happened"),
    [(True, b"", ["told", "next"]), (False, b"connection: close\r\n", ["told", "closed", "next"])],
)
def test_all_of_it_leaves_in_one_piece(keep_alive: bool, line: bytes, happened: list[str]) -> None:
    cycle = Cycle(keep_alive=keep_alive)
    assert cycle.write()
    assert cycle.written == [b"HTTP/1.1 200 OK\r\na: b\r\nc: d\r\n" + line + b"\r\nbody"]
    assert cycle.response_complete
    assert cycle.happened == happened


@pytest.mark.parametrize("cycle", [Cycle(response_started=True), Cycle(write_paused=True)])
def test_the_server_is_asked_where_it_must_wait_or_has_begun(cycle: Cycle) -> None:
    assert not cycle.write()
    assert not cycle.written
    assert not cycle.happened


def test_nothing_is_written_to_who_has_left() -> None:
    cycle = Cycle(disconnected=True)
    assert cycle.write()
    assert not cycle.written
    assert not cycle.happened
