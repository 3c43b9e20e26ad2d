import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from bench.load import BadAnswer, Job, Stream, run

GOOD = b'{"data":{"person":null}}'


def _answer(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@contextmanager
def _server(*pieces: bytes) -> Iterator[int]:
    """Answer every request with ``pieces``, each sent apart."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, pieces), daemon=True).start()
        yield listening.getsockname()[1]


def _accept(listening: socket.socket, pieces: tuple[bytes, ...]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(connection, pieces), daemon=True).start()


def _serve(connection: socket.socket, pieces: tuple[bytes, ...]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, suppress(OSError):
        while connection.recv(65_536):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.002 if len(pieces) > 1 else 0)


def _job(port: int, *, bodies: int = 3, repeated: bool = True, most: int = 20) -> Job:
    stream = Stream(
        name="status",
        bodies=[b"{}" for _ in range(bodies)],
        connections=2,
        repeated=repeated,
    )
    return Job(
        host="127.0.0.1",
        port=port,
        path="/",
        headers={},
        streams=[stream],
        seconds=5,
        most=most,
        pids={"self": os.getpid()},
    )


def test_answers_are_counted_as_many_as_asked() -> None:
    with _server(_answer(GOOD)) as port:
        sample = run(_job(port))
    answered = sample.streams["status"]
    assert answered.requests == len(answered.latencies_ms) == 20
    assert answered.answer_bytes == len(GOOD)
    assert 0 < sample.seconds < 5
    assert sample.cpu_ms["self"] >= 0


def test_bodies_that_are_not_repeated_end_the_job() -> None:
    with _server(_answer(GOOD)) as port:
        assert run(_job(port, bodies=7, repeated=False)).requests == 7


@pytest.mark.parametrize("cut", [1, 20, 60, 80, 90, 100])
def test_answers_may_come_in_pieces(cut: int) -> None:
    whole = _answer(b'{"data":{"person":"' + b"x" * 300 + b'"}}')
    with _server(whole[:cut], whole[cut : cut + 50], whole[cut + 50 :]) as port:
        assert run(_job(port, most=4)).requests == 4


def test_what_a_late_server_withheld_is_counted_apart() -> None:
    with _server(_answer(b"{}", "503 Service Unavailable")) as port, pytest.raises(BadAnswer):
        run(_job(port))


@pytest.mark.parametrize(
    "told",
    [
        _answer(b'{"errors":[{"message":"no"}],"data":null}'),
        _answer(b'{"data":null}'),
        _answer(b"{}", "401 Unauthorized"),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["errors", "no data", "refused", "without a length"],
)
def test_an_answer_that_is_not_good_ends_the_run(told: bytes) -> None:
    with _server(told) as port, pytest.raises(BadAnswer):
        run(_job(port))
