import base64
from hashlib import sha256
from typing import Any

import pytest

from hub.caller import Connection, TrustedProxies, certificate_of, thumbprint
from hub.caller.certificate import CONNECTION
from hub.errors import BadRequest, Code, Misconfigured

DER = b"0\x82 made up"
TOLD = b":" + base64.b64encode(DER) + b":"
OURS = TrustedProxies.parse(["10.0.0.5", "192.168.0.0/24", "fd00::/8"])
NOBODY = TrustedProxies()


def scope(
    *headers: tuple[bytes, bytes],
    peer: str | None = None,
    certificate: str | None = None,
    client: tuple[str, int] | None = None,
    extension: bool = True,
) -> dict[str, Any]:
    extensions = {
        CONNECTION: Connection(peer=peer, certificate_sha256=certificate) if extension else None
    }
    return {"headers": list(headers), "client": client, "extensions": extensions}


def test_the_thumbprint_is_written_as_the_claim_writes_it() -> None:
    expected = base64.urlsafe_b64encode(sha256(DER).digest()).decode().rstrip("=")
    assert thumbprint(DER) == expected
    assert len(thumbprint(b"")) == 43


def test_the_connections_own_certificate() -> None:
    assert certificate_of(scope(peer="1.2.3.4", certificate="own"), OURS) == "own"
    assert certificate_of(scope(peer="1.2.3.4"), OURS) is None
    assert certificate_of({"headers": [], "type": "http"}, OURS) is None


@pytest.mark.parametrize("peer", ["10.0.0.5", "192.168.0.77", "fd00::1", "::ffff:10.0.0.5"])
def test_a_trusted_proxy_speaks_for_its_caller(peer: str | None) -> None:
    header = (b"client-cert", TOLD)
    assert certificate_of(scope(header, peer=peer, certificate="proxy"), OURS) == thumbprint(DER)
    assert certificate_of(scope(peer=peer, certificate="proxy"), OURS) is None  # its own is not


@pytest.mark.parametrize("peer", ["10.0.0.6", "unix", "fe80::1", "testclient", None, ""])
def test_a_stranger_does_not(peer: str | None) -> None:
    header = (b"client-cert", TOLD)
    for trusted in (OURS, NOBODY):
        with pytest.raises(BadRequest) as caught:
            certificate_of(scope(header, peer=peer, certificate="own"), trusted)
        assert caught.value.code is Code.HEADER_INVALID


def test_a_unix_socket_is_trusted_by_name_only() -> None:
    header = (b"client-cert", TOLD)
    trusted = TrustedProxies.parse(["unix"])
    assert certificate_of(scope(header, peer="unix"), trusted) == thumbprint(DER)
    with pytest.raises(BadRequest):
        certificate_of(scope(header, peer=None), trusted)


def test_no_header_changes_who_the_peer_is() -> None:
    forged = scope((b"client-cert", TOLD), peer="1.2.3.4", client=("10.0.0.5", 1))
    with pytest.raises(BadRequest):
        certificate_of(forged, OURS)


def test_without_our_protocol_the_scopes_client_is_the_peer() -> None:
    header = (b"client-cert", TOLD)
    known = scope(header, client=("10.0.0.5", 1), extension=False)
    assert certificate_of(known, OURS) == thumbprint(DER)
    with pytest.raises(BadRequest):
        certificate_of(scope(header, extension=False), OURS)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([TOLD, TOLD], Code.HEADER_CONFLICT),
        ([b""], Code.HEADER_INVALID),
        ([b":"], Code.HEADER_INVALID),
        ([b"::"], Code.HEADER_INVALID),
        ([base64.b64encode(DER)], Code.HEADER_INVALID),
        ([b":not base64:"], Code.HEADER_INVALID),
        ([b":AAA:"], Code.HEADER_INVALID),
        ([b":" + b"A" * 16_384 + b":"], Code.HEADER_INVALID),
        ([TOLD + b", " + TOLD], Code.HEADER_INVALID),
        ([b"-----BEGIN CERTIFICATE-----"], Code.HEADER_INVALID),
    ],
)
def test_a_proxy_that_speaks_unclearly_is_refused(values: list[bytes], code: Code) -> None:
    headers = [(b"client-cert", value) for value in values]
    with pytest.raises(BadRequest) as caught:
        certificate_of(scope(*headers, peer="10.0.0.5"), OURS)
    assert caught.value.extensions() == {"code": code.code, "header": "Client-Cert"}


def test_every_problem_of_the_configuration_is_told_at_once() -> None:
    with pytest.raises(Misconfigured) as caught:
        TrustedProxies.parse(["10.0.0.1", "proxy.example", "0.0.0.0/0", "::/0", "10.0.0.1/8"])
    assert len(caught.value.problems) == 4
