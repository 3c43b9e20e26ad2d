"""An answer written at one go is, byte for byte, the one uvicorn would have written in two."""

import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from hub.caller.certificate import COMPLETE, WRITE
from hub.http.media import MediaType, send_answer
from tests.service.caller.wires import serving

LOOPS = ["asyncio", "uvloop"]
LARGE = b"x" * 3_000_000


async def door(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at one go, or, under ``/two``, as if the server could not."""
    complete = COMPLETE in scope["extensions"]
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    if scope["path"].startswith("/two"):
        scope["extensions"].pop(WRITE)
    answer = LARGE if scope["path"].endswith("/large") else b'{"complete":%d}' % complete
    await send_answer(scope, send, MediaType.JSON, answer)


@pytest.fixture(scope="module", params=LOOPS)
def address(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    with serving(door, loop=request.param, server_header=False) as url:
        parts = httpx.URL(url)
        yield parts.host, parts.port or 80


def asked(address: tuple[str, int], sent: bytes, *, slowly: bool = False) -> bytes:
    """Send all, then read until the server closes the connection."""
    with socket.create_connection(address, timeout=10) as wire:
        wire.sendall(sent)
        if slowly:
            time.sleep(0.3)
        answered = b""
        while chunk := wire.recv(65_536):
            answered += chunk
    return re.sub(rb"date: [^\r]+", b"date: now", answered)


def post(path: str, *lines: str, body: bytes = b"{}") -> bytes:
    head = [f"POST {path} HTTP/1.1", "host: x", f"content-length: {len(body)}", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


CLOSE = "connection: close"


@pytest.mark.parametrize("rest", ["", "/large"])
def test_both_answers_are_the_same_bytes(address: tuple[str, int], rest: str) -> None:
    one, two = (asked(address, post(f"{way}{rest}", CLOSE)) for way in ("/one", "/two"))
    assert one == two
    assert b"connection: close\r\n" in one
    assert one.startswith(b"HTTP/1.1 200 OK\r\ndate: now\r\ncache-control: no-store\r\n")


def test_connections_stay_open_alike(address: tuple[str, int]) -> None:
    one, two = (asked(address, post(way) * 2 + post(way, CLOSE)) for way in ("/one", "/two"))
    assert one == two
    assert one.count(b"HTTP/1.1 200 OK") == 3
    assert one.count(b"connection: close") == 1


def test_answers_come_in_the_order_of_the_questions(address: tuple[str, int]) -> None:
    answered = asked(address, post("/one/large") + post("/one") + post("/two", CLOSE), slowly=True)
    first, second, third = answered.split(b"HTTP/1.1 200 OK\r\n")[1:]
    assert first.endswith(LARGE)
    assert second.endswith(b"}")
    assert third.endswith(b"}")


def test_a_reader_who_is_slow_gets_all_of_it(address: tuple[str, int]) -> None:
    answered = asked(address, post("/one/large") + post("/one/large", CLOSE), slowly=True)
    assert answered.count(b"x" * len(LARGE)) == 2


def test_http_1_0_is_answered_and_closed(address: tuple[str, int]) -> None:
    sent = b"POST %b HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}"
    one, two = (asked(address, sent % way) for way in (b"/one", b"/two"))
    assert one == two
    assert b"connection: close" in one


def test_a_body_is_complete_only_when_all_of_it_has_come(address: tuple[str, int]) -> None:
    assert asked(address, post("/one", CLOSE)).endswith(b'{"complete":1}')
    with socket.create_connection(address, timeout=10) as wire:
        wire.sendall(post("/one", body=b"12345")[:-2])
        time.sleep(0.2)
        wire.sendall(b"45")
        assert wire.recv(65_536).endswith(b'{"complete":0}')
        wire.sendall(post("/one"))  # the next request on the same connection
        assert wire.recv(65_536).endswith(b'{"complete":1}')


def test_a_caller_who_has_left_breaks_nothing(address: tuple[str, int]) -> None:
    for _ in range(10):
        with socket.create_connection(address) as wire:
            wire.sendall(post("/one/large"))
    assert asked(address, post("/one", CLOSE)).endswith(b"}")
