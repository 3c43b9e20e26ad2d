"""What a furnished sandbox consists of: addresses and secrets, kept in its data folder."""

from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hub.sandbox.data_dir import DataDir
from hub.sandbox.issuer.keys import person_keys_file
from hub.sandbox.state import NotRunning, read_state, write_private
from hub.settings import Settings

_NAME: Final = "estate.json"
WITNESSES: Final = "witnesses.json"
"""Who cosigns the sandbox's log: put there by hand, or not at all."""
AUDIENCE: Final = "urn:vienreiz:sandbox"
LOG_ORIGIN: Final = "vienreiz.example/log"


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the sandbox's processes need; the file is readable by its owner alone.

    Attributes:
        server_url: PostgreSQL as its superuser, without a database.
        database_url: The hub's database in its runtime role. ``owner_url``: as its owner.
        registers: Register name to the address at which the hub reads it.
        issuer: Address of the token issuer.
        today: Day the people were made for.
        call_log: File in which the twins note who asks them.
    """

    server_url: str
    owner_url: str
    database_url: str
    redis_url: str
    registers: dict[str, str]
    issuer: str
    host: str
    port: int
    today: date
    call_log: str | None = None


def keep(data_dir: Path, estate: Estate) -> None:
    """Write the estate."""
    write_private(data_dir / _NAME, msgspec.json.encode(estate))


def estate_of(data_dir: Path) -> Estate:
    """Return the estate of a running sandbox.

    Raises:
        NotRunning: There is none in that folder.
    """
    read_state(data_dir)
    try:
        return msgspec.json.decode((data_dir / _NAME).read_bytes(), type=Estate)
    except (OSError, msgspec.DecodeError):
        raise NotRunning(data_dir) from None


def settings_of(data_dir: Path) -> Settings:
    """Return the settings of the sandbox's hub; unbound tokens and introspection are on.

    Raises:
        NotRunning: No sandbox runs in that folder.
    """
    estate, witnesses = estate_of(data_dir), data_dir / WITNESSES
    return Settings(
        database_url=estate.database_url,
        redis_url=estate.redis_url,
        master_key=DataDir(data_dir).secret("master"),
        issuer=estate.issuer,
        audience=AUDIENCE,
        controllers_file=data_dir / "controllers.json",
        log_origin=LOG_ORIGIN,
        log_key=DataDir(data_dir).secret("log"),
        log_witnesses_file=witnesses if witnesses.exists() else None,
        registers=estate.registers,
        host=estate.host,
        port=estate.port,
        person_keys_file=person_keys_file(data_dir),
        require_binding=False,
        introspection=True,
    )
