"""Keys and tokens: one per use, unrelated to one another, never shown."""

import pytest

from hub.errors import Misconfigured
from hub.model.personal_code import PersonalCode
from hub.storage.database import Database, plain_url
from hub.storage.keyring import MasterKeyring
from hub.storage.tokens import SubjectTokens

MASTER = bytes(range(32))
CODE = PersonalCode("340001-00000")


def test_a_key_depends_on_master_and_use_alone() -> None:
    ring = MasterKeyring(MASTER)
    assert ring.key("a") == ring.key("a") == MasterKeyring(MASTER).key("a")
    others = [ring.key("b"), ring.key("a "), MasterKeyring(MASTER[::-1]).key("a"), MASTER]
    assert ring.key("a") not in others
    assert len(ring.key("a")) == 32


def test_the_derivation_never_changes() -> None:
    assert MasterKeyring(MASTER).key("index:2026").hex() == (
        "2c94d9d199e2d5e476c479b1fb2c7cecf0e9b4e582c19772b0d89b0ab3d6bb83"
    )


def test_a_short_master_key_is_refused_without_being_shown() -> None:
    with pytest.raises(Misconfigured) as raised:
        MasterKeyring(b"secret")
    assert "secret" not in str(raised.value)


def test_secrets_are_not_shown() -> None:
    assert repr(MasterKeyring(MASTER)) == "MasterKeyring(…)"
    assert repr(Database("postgresql://user:secret@127.0.0.1/db")) == "Database(…)"


def test_one_person_has_unrelated_tokens() -> None:
    tokens = SubjectTokens(MasterKeyring(MASTER))
    told = [
        tokens.consent(CODE),
        tokens.scope("A", None, CODE),
        tokens.scope("B", None, CODE),
        tokens.scope("A", "1", CODE),
        tokens.scope("A", "caseload", CODE),
        tokens.quota("A", "2026", CODE),
        tokens.quota("A", "2027", CODE),
        tokens.quota("B", "2026", CODE),
        SubjectTokens(MasterKeyring(MASTER[::-1])).consent(CODE),
    ]
    assert len(set(told)) == len(told)
    assert tokens.consent(CODE) == SubjectTokens(MasterKeyring(MASTER)).consent(CODE)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg"])
def test_both_spellings_of_an_address_are_read(scheme: str) -> None:
    told = plain_url(f"{scheme}://u:p%40ss@db.example:5433/hub?sslmode=verify-full")
    assert told == "postgresql://u:p%40ss@db.example:5433/hub?sslmode=verify-full"
