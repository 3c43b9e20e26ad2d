"""An issuer in memory: keys, tokens right and wrong, and what the room leans on, recorded."""

import base64
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from joserfc import jwe, jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from hub.caller.disabled import DisabledClients
from hub.caller.identification import Identification
from hub.caller.keys import IssuerKeys, JwksFlaw, JwksUnreadable
from hub.caller.trust import Trust
from hub.model.caller import Credentials

ISSUER = "https://issuer.test"
AUDIENCE = "https://hub.test"
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CODE = "010150-01239"


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def as_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def sign(header: dict[str, Any], payload: bytes, key: Key) -> str:
    """Sign anything at all, without the library's own checks of the header's names."""
    signing_input = f"{b64(as_json(header))}.{b64(payload)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        algorithm = jws.JWSRegistry.algorithms[header["alg"]]
        return f"{signing_input}.{b64(algorithm.sign(signing_input.encode(), key))}"


@dataclass
class Time:
    """Wall clock and monotonic clock in one hand."""

    passed_s: float = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed_s)

    def today(self) -> date:
        return self.now().date()

    def monotonic(self) -> float:
        return self.passed_s


@dataclass
class Jwks:
    """Key set of the issuer in memory; counts who asks."""

    keys: list[Key]
    asked: int = 0
    down: bool = False

    async def __call__(self) -> bytes:
        self.asked += 1
        if self.down:
            raise JwksUnreadable(JwksFlaw.UNREACHABLE)
        return as_json({"keys": [key.as_dict(private=False) for key in self.keys]})


@dataclass
class Clients:
    """Recorder of a ``ClientStore``."""

    ids: set[str] = field(default_factory=set)
    asked: int = 0
    failure: Exception | None = None

    async def disabled(self) -> frozenset[str]:
        self.asked += 1
        if self.failure:
            raise self.failure
        return frozenset(self.ids)


EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
HUB = ECKey.generate_key("P-256", {"kid": "hub-1", "use": "enc"})


def header(key: Key = EC, **changes: object) -> dict[str, Any]:
    algorithm = {"EC": "ES256", "RSA": "PS256", "OKP": "EdDSA"}[key.key_type]
    return without({"alg": algorithm, "typ": "at+jwt", "kid": key.kid} | changes)


def claims(time: Time | None = None, **changes: object) -> dict[str, Any]:
    now_s = int((time or Time()).now().timestamp())
    return without(
        {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "riga-social-service",
            "client_id": "riga-social-service",
            "iat": now_s,
            "exp": now_s + 300,
            "jti": "a1",
        }
        | changes
    )


def without(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not ...}


def mint(
    time: Time | None = None,
    key: Key = EC,
    changes: Mapping[str, object] | None = None,
    **more: object,
) -> str:
    return sign(header(key), as_json(claims(time, **(changes or {}), **more)), key)


def sealed_person(code: str = CODE, key: Key = HUB, enc: str = "A256GCM") -> str:
    return jwe.encrypt_compact({"alg": "ECDH-ES", "enc": enc, "kid": key.kid}, code.encode(), key)


def present(token: str, certificate: str | None = None) -> Credentials:
    return Credentials(authorization=(f"Bearer {token}",), certificate_sha256=certificate)


@dataclass
class Room:
    """The room under test with everything it leans on in reach."""

    time: Time
    jwks: Jwks
    clients: Clients
    keys: IssuerKeys
    disabled: DisabledClients
    identification: Identification


TRUST = Trust(issuer=ISSUER, audience=AUDIENCE, require_binding=False, person_keys=KeySet([HUB]))


def unopened_room(trust: Trust = TRUST) -> Room:
    time, jwks, clients = Time(), Jwks(keys=[EC, RSA, ED]), Clients()
    keys = IssuerKeys(jwks, monotonic=time.monotonic)
    disabled = DisabledClients(clients, monotonic=time.monotonic)
    identification = Identification(trust, keys=keys, disabled=disabled, clock=time)
    return Room(time, jwks, clients, keys, disabled, identification)


async def open_room(trust: Trust = TRUST) -> Room:
    room = unopened_room(trust)
    await room.keys.refresh()
    await room.disabled.refresh()
    return room
