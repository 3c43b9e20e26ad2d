"""What a well-behaved client never sends: slow, cut off, endless, or no HTTP at all."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import orjson
import pytest

from hub.caller import protocol
from hub.http import body as bodies
from tests.journey.door import ILZE, STATUS, a_token, assert_tells_nothing, body, send
from tests.journey.town import Town

PATIENCE_S = 0.3
POST = b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_DEADLINE_S", PATIENCE_S)
    monkeypatch.setattr(protocol, "HEAD_DEADLINE_S", PATIENCE_S)


@contextmanager
def wire(town: Town) -> Iterator[socket.socket]:
    address = httpx.URL(town.url)
    with socket.create_connection((address.host, address.port or 80), timeout=10) as one:
        yield one


def head(town: Town, length: int, **more: str) -> bytes:
    lines = {
        "host": "127.0.0.1",
        "authorization": f"Bearer {a_token(town)}",
        "x-dagr-permission": "RSD-2026-001",
        "content-type": "application/json",
        "content-length": str(length),
    } | more
    written = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /graphql HTTP/1.1\r\n{written}\r\n".encode()


def all_of(one: socket.socket) -> bytes:
    received = b""
    while chunk := one.recv(65_536):
        received += chunk
    return received


def test_a_slow_body_is_not_waited_for(town: Town, hasty: None) -> None:
    content = orjson.dumps(body())
    with wire(town) as one:
        one.sendall(head(town, len(content)) + content[:40])
        answer = all_of(one)
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert b'"request_incomplete"' in answer
    assert town.watch.calls == []


def test_a_trickling_body_is_not_waited_for_either(town: Town, hasty: None) -> None:
    content = orjson.dumps(body())
    with wire(town) as one:
        one.sendall(head(town, len(content)))
        for byte in content[:8]:
            time.sleep(PATIENCE_S / 4)
            try:
                one.sendall(bytes([byte]))
            except OSError:
                break
        assert b" 408 " in all_of(one)
    assert town.watch.calls == []


def test_half_a_body_asks_nothing(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    content = orjson.dumps(body())
    with wire(town) as one:
        one.sendall(head(town, len(content)) + content[:-5])
    time.sleep(0.2)
    assert town.watch.calls == []
    assert '"internal"' not in capfd.readouterr().err


@pytest.mark.parametrize(
    "sent", [b"", b"POST /gra", b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: "]
)
def test_a_slow_head_is_not_waited_for(town: Town, hasty: None, sent: bytes) -> None:
    with wire(town) as one:
        one.sendall(sent)
        answer = all_of(one)
    assert (b" 408 " in answer) == bool(sent)


def test_an_endless_head_is_cut_off(town: Town) -> None:
    with wire(town) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-large: ")
        sent = 0
        try:
            while sent < 4_000_000:
                one.sendall(b"x" * 16_384)
                sent += 16_384
            answer = all_of(one)
        except ConnectionError:
            answer = b""
    assert sent < 4_000_000 or b" 431 " in answer


def test_a_head_just_too_large_is_told_so(town: Town) -> None:
    with wire(town) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-large: ")
        for _ in range(5):
            one.sendall(b"x" * 14_000)
            time.sleep(0.02)
        answer = all_of(one)
    assert b" 431 " in answer.split(b"\r\n")[0]
    assert b'"headers_too_large"' in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET /graphql HTTP/9.9\r\n\r\n",
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        POST + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
        f"GET /graphql?{ILZE} HTTP/1.1\r\nhost 127.0.0.1\r\n\r\n".encode(),
    ],
)
def test_what_is_no_http_is_closed_quietly(
    town: Town, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with wire(town) as one:
        one.sendall(sent)
        one.shutdown(socket.SHUT_WR)
        answer = all_of(one)
    assert answer[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 415")
    written = "".join(capfd.readouterr())
    assert "Traceback" not in written
    assert ILZE not in written + answer.decode()
    assert town.watch.calls == []


def test_a_chunked_body_is_bounded_too(town: Town) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 8_192

    headers = {"content-type": "application/json", "authorization": f"Bearer {a_token(town)}"}
    response = town.http.post(f"{town.url}/graphql", content=chunks(), headers=headers)
    assert response.status_code == 413
    assert_tells_nothing(response)


def test_requests_behind_one_another_are_answered_in_order(town: Town) -> None:
    content = orjson.dumps(body())
    twice = (
        (head(town, len(content)) + content)
        + head(town, len(content), connection="close")
        + content
    )
    with wire(town) as one:
        one.sendall(twice)
        answer = all_of(one)
    assert answer.count(b"HTTP/1.1 200") == 2


def test_slow_callers_keep_nobody_waiting(town: Town) -> None:
    """Fifty connections that never finish their body do not delay the next question."""
    with wire(town) as first:
        first.sendall(head(town, 500))
        idle = [socket.create_connection(first.getpeername()) for _ in range(50)]
        for one in idle:
            one.sendall(head(town, 500))
        began = time.monotonic()
        assert send(town, body(STATUS)).status_code == 200
        assert time.monotonic() - began < 2
        for one in idle:
            one.close()


def test_a_caller_who_leaves_does_not_stop_the_others(town: Town) -> None:
    content = orjson.dumps(body())

    def leave() -> None:
        with wire(town) as one:
            one.sendall(head(town, len(content)) + content)

    threads = [threading.Thread(target=leave) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert send(town, body()).status_code == 200
