"""A hub as production runs it: `hub serve`, its own database, TLS, an issuer that binds tokens."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from hub.app import publication
from hub.cli.estate import AUDIENCE, estate_of
from hub.cli.furnish import agree
from hub.sandbox.data_dir import DataDir
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.state import State, write_state
from hub.settings import register_variable
from tests.service.caller.wires import Authority, Issued, client_side
from tests.service.demo.staging import HUB, free_port, hub

ROLE = "hub_production"


@dataclass
class Production:
    """Everything around a hub that is not started yet.

    Attributes:
        environment: All settings it needs.
        issuer: Address of the token issuer, which speaks TLS.
    """

    folder: Path
    environment: dict[str, str]
    authority: Authority
    own: Issued
    stranger: Issued
    issuer: str

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.environment['HUB_PORT']}"

    def at(self, port: int, **more: str) -> "Production":
        """Return the same production, to be served at another port and with more settings."""
        return replace(self, environment={**self.environment, "HUB_PORT": str(port), **more})

    def token(self, client: str, certificate: Issued | None) -> str:
        """Fetch a token, bound to the certificate shown to the issuer, if one is."""
        return fetch_token(self.folder, client, tls=client_side(self.authority, certificate))

    def http(self, certificate: Issued | None) -> httpx.Client:
        context = client_side(self.authority, certificate)
        return httpx.Client(base_url=self.url, verify=context, timeout=10, trust_env=False)

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[bytes]]:
        log = self.folder / "serve.log"
        with log.open("wb") as told:
            process = subprocess.Popen([HUB, "serve"], env=self.environment, stderr=told)
        try:
            with self.http(self.own) as http:
                await_answer(http, "/readyz", process, log)
            yield process
        finally:
            process.kill()
            process.wait(10)


def await_answer(
    http: httpx.Client, path: str, process: subprocess.Popen[bytes], log: Path
) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if http.get(path).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(log.read_text())


@contextmanager
def issuing(folder: Path, authority: Authority, own: Issued) -> Iterator[str]:
    """Run the issuer over TLS; it binds tokens to the certificate its client shows."""
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    write_state(folder, State(issuer=url, hub="", audience=AUDIENCE))
    words: list[str | Path] = ["--data-dir", folder, "--port", str(port)]
    words += ["--tls-certificate", own.certificate, "--tls-key", own.key]
    words += ["--client-authorities", authority.certificate]
    log = folder / "issuer.log"
    with log.open("wb") as told:
        line = [sys.executable, "-m", "hub.sandbox.issuer", *words]
        process = subprocess.Popen(line, stderr=told)
    try:
        with httpx.Client(verify=client_side(authority), trust_env=False) as http:
            await_answer(http, f"{url}/.well-known/oauth-authorization-server", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def settings(
    folder: Path, furnished: Path, owner_url: str, own: Issued, authority: Authority
) -> dict[str, str]:
    estate = estate_of(furnished)
    master = folder / "master.key"
    master.write_bytes(base64.b64encode(DataDir(folder).secret("master")))
    for private in (master, own.key):
        private.chmod(0o600)
    server, _, database = owner_url.removeprefix("postgresql://").partition("@")[2].partition("/")
    return {
        "PATH": os.defpath,
        "HUB_DATABASE_URL": f"postgresql://{ROLE}:secret@{server}/{database}",
        "HUB_REDIS_URL": f"{estate.redis_url}/9",
        "HUB_MASTER_KEY_FILE": str(master),
        "HUB_AUDIENCE": AUDIENCE,
        "HUB_CONTROLLERS_FILE": str(folder / "controllers.json"),
        "HUB_LOG_ORIGIN": "vienreiz.example/log",
        "HUB_LOG_KEY_FILE": str(folder / "keys" / "log"),
        "HUB_ISSUER_CA_FILE": str(authority.certificate),
        "HUB_PORT": str(free_port()),
        "HUB_TLS_CERT_FILE": str(own.certificate),
        "HUB_TLS_KEY_FILE": str(own.key),
        "HUB_TLS_CLIENT_CA_FILE": str(authority.certificate),
        **{register_variable(name): url for name, url in estate.registers.items()},
    }


@contextmanager
def built(folder: Path, furnished: Path, owner_url: str) -> Iterator[Production]:
    """Migrate a database with `hub migrate`, put the agreements in force, run an issuer."""
    DataDir(folder).open()
    authority = Authority(folder)
    own, caller, stranger = (authority.issue(name) for name in ("hub", "caller", "stranger"))
    environment = settings(folder, furnished, owner_url, own, authority)
    assert set(publication.connector_modules()) == set(estate_of(furnished).registers)
    migrated = migrate(environment, owner_url)
    assert migrated.returncode == 0, migrated.stderr
    asyncio.run(agree(DataDir(folder), owner_url))
    with issuing(folder, authority, own) as issuer:
        environment["HUB_ISSUER"] = issuer
        yield Production(folder, environment, authority, caller, stranger, issuer)


def migrate(environment: Mapping[str, str], owner_url: str) -> subprocess.CompletedProcess[str]:
    return hub("migrate", env={**environment, "HUB_MIGRATION_DATABASE_URL": owner_url})


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
