"""Real sockets: a certificate authority, and uvicorn serving one application in a thread."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from hub.caller.protocol import CertificateProtocol


@dataclass
class Issued:
    """A certificate and its key, on disk and as DER."""

    der: bytes
    certificate: Path
    key: Path


class Authority:
    """A certificate authority of one test."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = folder / f"{name}.pem"
        self.certificate.write_bytes(self._sign(self._name, self._key, authority=True))

    def issue(self, name: str) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        pem = self._sign(subject, key, authority=False)
        issued = Issued(
            der=x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER),
            certificate=self._folder / f"{name}.pem",
            key=self._folder / f"{name}.key",
        )
        issued.certificate.write_bytes(pem)
        issued.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return issued

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool
    ) -> bytes:
        now = dt.datetime.now(dt.UTC)
        names = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def client_side(authority: Authority, own: Issued | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate)
    if own:
        context.load_cert_chain(own.certificate, own.key)
    return context


@contextmanager
def serving(
    app: Any,  # noqa: ANN401 — any ASGI application
    *,
    loop: str = "asyncio",
    wire: socket.socket | None = None,
    **settings: Any,  # noqa: ANN401 — uvicorn's own words
) -> Iterator[str]:
    """Serve ``app`` with our protocol and yield its address, or the socket's path with ``uds``."""
    config = uvicorn.Config(
        app,
        http=CertificateProtocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        log_config=None,
        loop=loop,
        **settings,
    )
    wire = wire or (None if "uds" in settings else listening())
    started = threading.Event()

    class Starting(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            started.set()

    server = Starting(config)
    thread = threading.Thread(target=server.run, args=([wire] if wire else None,))
    thread.start()
    try:
        assert started.wait(10)
        scheme = "https" if config.is_ssl else "http"
        yield settings["uds"] if wire is None else f"{scheme}://127.0.0.1:{wire.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        if wire:
            wire.close()


def listening() -> socket.socket:
    wire = socket.socket()
    wire.bind(("127.0.0.1", 0))
    wire.listen()
    return wire


async def soon(done: Any, timeout_s: float = 10) -> None:  # noqa: ANN401 — any condition
    async with asyncio.timeout(timeout_s):
        while not done():  # noqa: ASYNC110 — what is waited for has no event
            await asyncio.sleep(0.01)
