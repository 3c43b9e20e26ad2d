"""Configuration: the only reader of the environment.

Each setting is one row of ``SETTINGS``; ``docs/operations.md`` explains the same rows and a test
holds the two together.
"""

import base64
import binascii
import os
import re
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from hub.caller.trust import is_safe_address
from hub.errors import Misconfigured

MOST_WORKERS: Final = 64
_KEY_BYTES: Final = 32
_ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(/[A-Za-z0-9._~-]+)*")
_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: environment name, default (None: essential), what it means."""

    name: str
    default: str | None
    meaning: str


SETTINGS: Final = (
    Setting("HUB_DATABASE_URL", None, "PostgreSQL of the hub, runtime role"),
    Setting("HUB_REDIS_URL", None, "Redis or Valkey; `redis+sentinel`, `redis+cluster` too"),
    Setting("HUB_MASTER_KEY_FILE", None, "file with 32 random bytes in base64, mode 0600"),
    Setting("HUB_ISSUER", None, "issuer of access tokens, exactly as in `iss`"),
    Setting("HUB_AUDIENCE", None, "this hub's own identifier, exactly as in `aud`"),
    Setting("HUB_CONTROLLERS_FILE", None, "YAML: register controllers' Ed25519 public keys"),
    Setting("HUB_LOG_ORIGIN", None, "name of the access log: a host and path of its holder's"),
    Setting("HUB_LOG_KEY_FILE", None, "Ed25519 seed that signs it: 32 bytes in base64, mode 0600"),
    Setting("HUB_LOG_WITNESSES_FILE", "", "JSON: outside bodies that cosign its checkpoints"),
    Setting("HUB_JWKS_URL", "", "the issuer's keys; empty: found through its metadata"),
    Setting("HUB_ISSUER_CA_FILE", "", "PEM of authorities that vouch for the issuer's TLS"),
    Setting("HUB_PERSON_KEYS_FILE", "", "JWK set that opens persons' delegated tokens"),
    Setting("HUB_POLICIES_DIR", "", "policy folder; empty: the one packaged with the hub"),
    Setting("HUB_HOST", "127.0.0.1", "address to listen on"),
    Setting("HUB_PORT", "8443", "port to listen on"),
    Setting("HUB_TLS_CERT_FILE", "", "certificate chain, for TLS without a proxy"),
    Setting("HUB_TLS_KEY_FILE", "", "its private key"),
    Setting("HUB_TLS_CLIENT_CA_FILE", "", "authorities of clients' certificates"),
    Setting("HUB_TRUSTED_PROXIES", "", "addresses whose `Client-Cert` header is believed"),
    Setting("HUB_REQUEST_DEADLINE_S", "10", "longest time registers may take for one request"),
    Setting("HUB_MAX_SUBJECTS", "10000", "most persons in one request, whatever is agreed"),
    Setting("HUB_WORKERS", "1", "processes that answer side by side on the one port"),
    Setting("HUB_PLANNER", "on", "`off`: every operation is executed by graphql-core"),
)
"""Besides these, every register found has ``HUB_REGISTER_<NAME>_URL``, which is essential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files for TLS without a proxy; clients must present a certificate."""

    certificate: Path
    key: Path
    client_ca: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the hub runs with; secrets are hidden from ``repr``.

    Attributes:
        require_binding: Admit only certificate-bound tokens; False in the sandbox alone, where
            this record is made by the sandbox and not read from the environment.
        registers: Register name to address.
        workers: Processes that answer side by side.
        log_origin: Name of the access log, to which each year is added: ``hub.example/log``.
        log_key: Ed25519 seed that signs checkpoints and receipts.
        log_witnesses_file: Whom to ask for cosignatures; None asks nobody.
        planner: Answer what plans cover by plans; False leaves everything to graphql-core.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    master_key: bytes = field(repr=False)
    issuer: str
    audience: str
    controllers_file: Path
    log_origin: str
    log_key: bytes = field(repr=False)
    registers: Mapping[str, str] = field(repr=False)
    log_witnesses_file: Path | None = None
    jwks_url: str | None = None
    issuer_ca_file: Path | None = None
    person_keys_file: Path | None = None
    policies_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8443
    tls: Tls | None = None
    trusted_proxies: tuple[str, ...] = ()
    request_deadline_s: float = 10.0
    max_subjects: int = 10_000
    workers: int = 1
    planner: bool = True
    require_binding: bool = True
    introspection: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What the sandbox heeds of the environment; all else of it the sandbox makes itself."""

    workers: int
    planner: bool


def environment() -> Mapping[str, str]:
    """Return the process's environment, for ``read_settings``."""
    return dict(os.environ)


def register_variable(name: str) -> str:
    """Return the setting that holds a register's address: ``HUB_REGISTER_SOCIAL_INSURANCE_URL``."""
    words = "".join(f"_{each}" if each.isupper() else each for each in name)
    return f"HUB_REGISTER_{words.upper()}_URL"


def read_settings(sent: Mapping[str, str], registers: Collection[str]) -> Settings:
    """Read and check every setting.

    Args:
        sent: The environment.
        registers: Names of the registers found, the population register among them.

    Raises:
        Misconfigured: Everything that is missing, unreadable or unsafe, all at once.
    """
    reader = _Reader(sent)
    database = reader.url("HUB_DATABASE_URL", ("postgresql",))
    redis = reader.url("HUB_REDIS_URL", ("redis", "rediss", "redis+sentinel", "redis+cluster"))
    known = {register_variable(each) for each in registers} | {each.name for each in SETTINGS}
    reader.problems += [
        f"`{name}` is no setting of the hub"
        for name in sorted(sent)
        if name.startswith("HUB_") and name not in known | _ELSEWHERE
    ]
    settings = Settings(
        database_url=database,
        redis_url=redis,
        master_key=reader.secret("HUB_MASTER_KEY_FILE"),
        issuer=reader.trusted("HUB_ISSUER"),
        audience=reader.text("HUB_AUDIENCE"),
        controllers_file=reader.file("HUB_CONTROLLERS_FILE") or Path(),
        registers={name: reader.text(register_variable(name)) for name in sorted(registers)},
        log_origin=reader.origin("HUB_LOG_ORIGIN"),
        log_key=reader.secret("HUB_LOG_KEY_FILE"),
        log_witnesses_file=reader.file("HUB_LOG_WITNESSES_FILE"),
        jwks_url=reader.trusted("HUB_JWKS_URL") or None,
        issuer_ca_file=reader.file("HUB_ISSUER_CA_FILE"),
        person_keys_file=reader.file("HUB_PERSON_KEYS_FILE", private=True),
        policies_dir=reader.file("HUB_POLICIES_DIR"),
        host=reader.text("HUB_HOST"),
        port=reader.number("HUB_PORT", int, 0, 65_535),
        tls=reader.tls(),
        trusted_proxies=tuple(reader.text("HUB_TRUSTED_PROXIES").replace(",", " ").split()),
        request_deadline_s=reader.number("HUB_REQUEST_DEADLINE_S", float, 0.1, 120),
        max_subjects=reader.number("HUB_MAX_SUBJECTS", int, 1, 100_000),
        workers=reader.workers(),
        planner=reader.switch("HUB_PLANNER"),
    )
    if not settings.tls and not settings.trusted_proxies:
        reader.problems.append(
            "neither TLS files nor `HUB_TRUSTED_PROXIES`: no token could be bound to a certificate"
        )
    if reader.problems:
        raise Misconfigured(reader.problems)
    return settings


def read_bearing(sent: Mapping[str, str]) -> Bearing:
    """Read ``HUB_WORKERS`` and ``HUB_PLANNER``.

    Raises:
        Misconfigured: What is wrong with them.
    """
    reader = _Reader(sent)
    found = Bearing(workers=reader.workers(), planner=reader.switch("HUB_PLANNER"))
    if reader.problems:
        raise Misconfigured(reader.problems)
    return found


_ELSEWHERE: Final = frozenset({"HUB_MIGRATION_DATABASE_URL", "HUB_TEST_BROWSER"})


class _Reader:
    """Reads rows of the table and collects what is wrong with them."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._sent = sent
        self._rows = {each.name: each for each in SETTINGS}
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        row = self._rows.get(name)
        default = row.default if row else None
        found = self._sent.get(name, "").strip() or default
        if found is None:
            self.problems.append(f"`{name}` is missing: {row.meaning if row else 'its address'}")
        return found or ""

    def url(self, name: str, schemes: Collection[str]) -> str:
        found = self.text(name)
        scheme = found.partition("://")[0].partition("+asyncpg")[0]
        if found and scheme not in schemes:
            self.problems.append(f"`{name}` must be an address of {' or '.join(schemes)}")
        return found

    def trusted(self, name: str) -> str:
        found = self.text(name)
        if found and not is_safe_address(found):
            self.problems.append(f"`{name}` must be https, or http on loopback")
        return found

    def number(
        self, name: str, kind: Callable[[str], _Number], least: float, most: float
    ) -> _Number:
        found = self.text(name)
        try:
            value = kind(found)
        except ValueError:
            value = kind("0")
            self.problems.append(f"`{name}` must be a number")
            return value
        if not least <= value <= most:
            self.problems.append(f"`{name}` must be from {least:g} to {most:g}")
        return value

    def workers(self) -> int:
        return self.number("HUB_WORKERS", int, 1, MOST_WORKERS)

    def switch(self, name: str) -> bool:
        found = self.text(name).lower()
        if found not in {"on", "off"}:
            self.problems.append(f"`{name}` must be on or off")
        return found != "off"

    def file(self, name: str, *, private: bool = False) -> Path | None:
        found = self.text(name)
        if not found:
            return None
        path = Path(found)
        if not path.exists():
            self.problems.append(f"`{name}` names a file that is not there")
        elif private and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            self.problems.append(f"`{name}` names a file that others may read; set mode 0600")
        return path

    def origin(self, name: str) -> str:
        """Return a log's name without a scheme, as checkpoints and key names write it."""
        found = self.text(name)
        if found and not _ORIGIN.fullmatch(found):
            self.problems.append(f"`{name}` must be a host and path, without scheme or spaces")
        return found

    def secret(self, name: str) -> bytes:
        path = self.file(name, private=True)
        if path is None or not path.is_file():
            return b""
        try:
            key = base64.b64decode(path.read_text().strip(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            self.problems.append(f"`{name}` must hold {_KEY_BYTES} bytes in base64")
        return key

    def tls(self) -> Tls | None:
        names = ("HUB_TLS_CERT_FILE", "HUB_TLS_KEY_FILE", "HUB_TLS_CLIENT_CA_FILE")
        found = [self.file(name, private=name == "HUB_TLS_KEY_FILE") for name in names]
        if not any(found):
            return None
        certificate, key, client_ca = found
        if certificate is None or key is None or client_ca is None:
            self.problems.append(f"{', '.join(f'`{name}`' for name in names)} go together")
            return None
        return Tls(certificate=certificate, key=key, client_ca=client_ca)
