"""The issuer as the process the sandbox starts, over plain HTTP and over TLS."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.caller import thumbprint
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.issuer.keys import prepare
from hub.sandbox.state import NotRunning, State, write_state
from tests.service.caller.wires import Authority, client_side, listening
from tests.service.sandbox.test_issuer import claims_of


@contextmanager
def process(data_dir: Path, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "hub.sandbox.issuer"]
    running = subprocess.Popen(
        [*command, "--data-dir", str(data_dir), "--port", str(port), *options],
        stderr=subprocess.PIPE,
    )
    try:
        yield running
    finally:
        running.terminate()
        running.communicate(timeout=10)


def free_port() -> int:
    with listening() as wire:
        return int(wire.getsockname()[1])


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    prepare(tmp_path, ["vsaa"])
    return tmp_path


def state(data_dir: Path, scheme: str, port: int) -> None:
    url = f"{scheme}://127.0.0.1:{port}"
    write_state(data_dir, State(issuer=url, hub="http://127.0.0.1:1", audience="hub"))


def test_from_start_to_token(data_dir: Path) -> None:
    port = free_port()
    state(data_dir, "http", port)
    with process(data_dir, port):
        token = patiently(lambda: fetch_token(data_dir, "vsaa"))
        assert claims_of(token)["iss"] == f"http://127.0.0.1:{port}"
        assert "cnf" not in claims_of(token)
    with pytest.raises(NotRunning):
        fetch_token(data_dir, "vsaa")


def test_over_tls_the_clients_own_certificate_binds(data_dir: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, client = authority.issue("issuer"), authority.issue("vsaa")
    port = free_port()
    state(data_dir, "https", port)
    options = {
        "--tls-certificate": server.certificate,
        "--tls-key": server.key,
        "--client-authorities": authority.certificate,
    }
    with process(data_dir, port, *(str(word) for pair in options.items() for word in pair)):
        tls = client_side(authority, client)
        token = patiently(lambda: fetch_token(data_dir, "vsaa", tls=tls))
        assert claims_of(token)["cnf"] == {"x5t#S256": thumbprint(client.der)}
        unbound = fetch_token(data_dir, "vsaa", tls=client_side(authority))
        assert "cnf" not in claims_of(unbound)


def test_a_port_in_use_is_told(data_dir: Path) -> None:
    with listening() as wire:
        port = wire.getsockname()[1]
        with process(data_dir, port) as running:
            assert running.wait(20) != 0
            assert b"address already in use" in (running.stderr.read() if running.stderr else b"")


def patiently(attempt: Callable[[], str]) -> str:
    for _ in range(200):
        try:
            return attempt()
        except NotRunning:
            time.sleep(0.1)
    return attempt()
