from datetime import UTC, datetime

import pytest

from hub.caller import memory
from hub.caller.memory import Verified, VerifiedTokens
from hub.model.caller import Client
from tests.unit.caller.minting import mint, open_room, present


def verified(expires_s: float) -> Verified:
    client = Client(id="vsaa", expires_at=datetime.fromtimestamp(expires_s, UTC))
    return Verified(client=client, bound=None)


def test_a_token_is_remembered_for_a_minute() -> None:
    tokens = VerifiedTokens()
    tokens.remember("t", verified(1000), 0)
    assert tokens.recall("t", 59.9) == verified(1000)
    assert tokens.recall("other", 0) is None
    assert tokens.recall("t", 60) is None
    assert tokens.recall("t", 0) is None  # forgotten, not hidden


def test_or_until_it_expires() -> None:
    tokens = VerifiedTokens()
    tokens.remember("t", verified(30), 0)
    assert tokens.recall("t", 29.9)
    assert tokens.recall("t", 30) is None


def test_the_least_used_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_REMEMBERED", 2)
    tokens = VerifiedTokens()
    for name in ("a", "b"):
        tokens.remember(name, verified(1000), 0)
    assert tokens.recall("a", 0)
    tokens.remember("c", verified(1000), 0)
    assert tokens.recall("a", 0)
    assert tokens.recall("c", 0)
    assert tokens.recall("b", 0) is None


def test_the_token_itself_is_not_kept() -> None:
    tokens = VerifiedTokens()
    tokens.remember("secret-token", verified(1000), 0)
    assert "secret-token" not in repr(tokens._kept)


@pytest.mark.asyncio
async def test_a_remembered_token_is_not_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    room = await open_room()
    token = mint()
    first = await room.identification.identify(present(token))
    monkeypatch.setattr("hub.caller.identification.verify", None)
    assert await room.identification.identify(present(token)) is first


@pytest.mark.asyncio
async def test_who_is_remembered_is_identified_without_waiting() -> None:
    room = await open_room()
    credentials = present(mint())
    first = await room.identification.identify(credentials)
    with pytest.raises(StopIteration) as done:
        room.identification.identify(credentials).send(None)
    assert done.value.value is first


def test_what_is_remembered_is_bounded() -> None:
    tokens = VerifiedTokens()
    for number in range(memory.MAX_REMEMBERED + 100):
        tokens.remember(f"token-{number}", verified(1000), 0)
    assert len(tokens._kept) == memory.MAX_REMEMBERED
    assert tokens.recall("token-0", 0) is None
