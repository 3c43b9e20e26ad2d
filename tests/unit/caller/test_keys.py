import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from hub.caller.keys import IssuerKeys, JwksFlaw, JwksUnreadable, KeyTimes, public_keys
from hub.errors import Code, HubError, ServiceUnavailable, Unauthenticated
from tests.unit.caller.minting import (
    EC,
    ED,
    RSA,
    Jwks,
    Room,
    Time,
    as_json,
    b64,
    mint,
    open_room,
    present,
)

NEW = ECKey.generate_key("P-256", {"kid": "ec-2"})


async def refusal(room: Room, token: str) -> HubError:
    with pytest.raises(HubError) as caught:
        await room.identification.identify(present(token))
    return caught.value


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110 — what is waited for has no event
            await asyncio.sleep(0.001)


async def pass_time(room: Room, seconds: float) -> None:
    room.time.passed_s += seconds
    await room.disabled.refresh()


@pytest.mark.asyncio
async def test_a_flood_of_unknown_keys_asks_the_issuer_once_a_minute() -> None:
    room = await open_room()
    for number in range(50):
        stranger = ECKey.generate_key("P-256", {"kid": f"flood-{number}"})
        error = await refusal(room, mint(key=stranger))
        assert isinstance(error, Unauthenticated)
        assert error.extensions() == {"code": "token_invalid", "reason": "key_unknown"}
    assert room.jwks.asked == 2  # opening, and one for the flood
    await pass_time(room, 59)
    await refusal(room, mint(room.time, NEW))
    assert room.jwks.asked == 2
    await pass_time(room, 1)
    await refusal(room, mint(room.time, NEW))
    assert room.jwks.asked == 3


@pytest.mark.asyncio
async def test_a_flood_at_once_asks_once() -> None:
    room = await open_room()
    answers = await asyncio.gather(
        *(room.identification.identify(present(mint(key=NEW, jti=str(n)))) for n in range(20)),
        return_exceptions=True,
    )
    assert all(isinstance(answer, Unauthenticated) for answer in answers)
    assert room.jwks.asked == 2


@pytest.mark.asyncio
async def test_tokens_of_another_issuer_ask_nobody() -> None:
    room = await open_room()
    error = await refusal(room, mint(key=NEW, iss="https://other.test"))
    assert error.code is Code.ISSUER_UNKNOWN
    assert room.jwks.asked == 1


@pytest.mark.asyncio
async def test_a_rotated_key_is_found_at_once_and_the_old_one_lasts_a_token_lifetime() -> None:
    room = await open_room()
    old = mint(exp=int(room.time.now().timestamp()) + 600)
    room.jwks.keys = [NEW]
    assert await room.identification.identify(present(mint(key=NEW)))
    assert room.jwks.asked == 2
    await pass_time(room, 599)
    assert await room.identification.identify(present(old))
    await pass_time(room, 31)
    assert (await refusal(room, old)).code is Code.TOKEN_EXPIRED
    await pass_time(room, 1)  # 631 s after the key left the set
    error = await refusal(room, mint(room.time))
    assert error.details == {"reason": "key_unknown"}


@pytest.mark.asyncio
async def test_a_retired_key_is_forgotten_by_later_refreshes_and_not_kept_longer_by_them() -> None:
    room = await open_room()
    room.jwks.keys = [NEW]
    for _ in range(3):
        await room.keys.refresh()
        await pass_time(room, 300)
    assert set(room.keys._known) == {"ec-1", "rsa-1", "ed-1", "ec-2"}
    await room.keys.refresh()
    assert set(room.keys._known) == {"ec-2"}


@pytest.mark.asyncio
async def test_a_key_that_comes_back_is_no_longer_retired() -> None:
    room = await open_room()
    room.jwks.keys = [NEW]
    await room.keys.refresh()
    room.jwks.keys = [NEW, EC]
    await room.keys.refresh()
    await pass_time(room, 1000)
    assert await room.identification.identify(present(mint(room.time)))


@pytest.mark.asyncio
async def test_the_issuer_may_be_down_for_a_day() -> None:
    room = await open_room()
    room.jwks.down = True
    for _ in range(144):
        await pass_time(room, 600)
        await room.keys.refresh()
    assert await room.identification.identify(present(mint(room.time)))
    assert room.identification.ready
    await pass_time(room, 1)
    assert not room.identification.ready
    error = await refusal(room, mint(room.time, jti="unseen"))
    assert isinstance(error, ServiceUnavailable)
    assert error.code is Code.ISSUER_UNAVAILABLE
    room.jwks.down = False
    await pass_time(room, 60)
    assert await room.identification.identify(present(mint(room.time)))


@pytest.mark.asyncio
async def test_an_unknown_key_while_the_issuer_is_down_is_not_the_callers_fault() -> None:
    room = await open_room()
    room.jwks.down = True
    for _ in range(5):
        assert (await refusal(room, mint(key=NEW))).code is Code.ISSUER_UNAVAILABLE
    assert room.jwks.asked == 2
    assert await room.identification.identify(present(mint()))


@pytest.mark.asyncio
async def test_an_issuer_that_starts_late_is_asked_every_second() -> None:
    time, jwks = Time(), Jwks(keys=[EC], down=True)
    keys = IssuerKeys(jwks, monotonic=time.monotonic)
    for asked in (1, 1):
        with pytest.raises(ServiceUnavailable):
            await keys.find("ec-1")
        assert jwks.asked == asked
    jwks.down = False
    time.passed_s = 1
    assert (await keys.find("ec-1")).algorithm == "ES256"


@pytest.mark.asyncio
async def test_the_set_is_refreshed_in_the_background() -> None:
    jwks = Jwks(keys=[EC], down=True)
    times = KeyTimes(refresh_s=0.01, unknown_s=0.02, first_s=0.001)
    keys = IssuerKeys(jwks, times=times)
    await keys.refresh()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(keys.run())
        await until(lambda: jwks.asked >= 3)
        jwks.down = False
        await until(lambda: keys.ready)
        asked = jwks.asked
        await until(lambda: jwks.asked >= asked + 3)
        running.cancel()


def named(key: Key, **changes: object) -> dict[str, Any]:
    return key.as_dict(private=False) | changes


GOOD = named(EC)
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 — weakness is the point
SHORT = b64(WEAK.public_key().public_numbers().n.to_bytes(128))
USELESS = [
    {"kty": "oct", "kid": "x", "k": "c2VjcmV0"},
    OctKey.generate_key(256, {"kid": "x"}).as_dict(private=True),
    named(ECKey.generate_key("P-384"), kid="x"),
    named(ECKey.generate_key("secp256k1"), kid="x"),
    named(OKPKey.generate_key("Ed448"), kid="x"),
    named(OKPKey.generate_key("X25519"), kid="x"),
    {"kty": "RSA", "kid": "x", "e": "AQAB", "n": SHORT},
    named(NEW, kid="x", use="enc"),
    named(NEW, kid="x", key_ops=["sign"]),
    named(NEW, kid="x", alg="ES384"),
    named(RSA, kid="x", alg="RS256"),
    named(NEW, kid=7),
    {name: value for name, value in named(NEW).items() if name != "kid"},
    NEW.as_dict(private=True) | {"kid": "x"},
    named(NEW, kid="x", crv="P-999"),
    named(NEW, kid="x", x="AAAA"),
    named(NEW, kid="x", x=7),
    named(NEW, kid="x", kty=["EC"]),
    named(NEW, kid="x", kty="PQ"),
    {"kid": "x"},
    {},
]


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize("useless", USELESS, ids=range(len(USELESS)))
def test_keys_of_no_use_are_passed_over(useless: dict[str, Any]) -> None:
    assert set(public_keys(as_json({"keys": [useless, GOOD]}))) == {"ec-1"}
    with pytest.raises(JwksUnreadable) as caught:
        public_keys(as_json({"keys": [useless]}))
    assert caught.value.flaw is JwksFlaw.NO_KEYS


def test_keys_of_use() -> None:
    entries = [
        named(EC, alg="ES256", use="sig"),
        named(RSA, alg="PS256", key_ops=["verify"]),
        named(ED, alg="EdDSA"),
    ]
    found = public_keys(as_json({"keys": entries, "more": 1}))
    assert {key_id: key.algorithm for key_id, key in found.items()} == {
        "ec-1": "ES256",
        "rsa-1": "PS256",
        "ed-1": "EdDSA",
    }


def test_the_first_key_of_a_name_counts() -> None:
    found = public_keys(as_json({"keys": [GOOD, named(NEW, kid="ec-1")]}))
    assert found["ec-1"].key == EC.import_key(GOOD)


@pytest.mark.parametrize(
    ("document", "flaw"),
    [
        (b"", JwksFlaw.FORM),
        (b"<html>", JwksFlaw.FORM),
        (b"[]", JwksFlaw.FORM),
        (b'{"keys": {}}', JwksFlaw.FORM),
        (b'{"keys": [7]}', JwksFlaw.FORM),
        (b'{"keys":' + b"[" * 30_000, JwksFlaw.FORM),
        (b"\xff\xfe", JwksFlaw.FORM),
        (b'{"keys": []}', JwksFlaw.NO_KEYS),
        (as_json({"keys": [GOOD] * 33}), JwksFlaw.TOO_MANY_KEYS),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_key_set(document: bytes, flaw: JwksFlaw) -> None:
    with pytest.raises(JwksUnreadable) as caught:
        public_keys(document)
    assert caught.value.flaw is flaw


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=5,
    ),
    st.sampled_from(sorted(GOOD)),
    st.sampled_from([EC, RSA, ED]),
)
@settings(max_examples=200, deadline=None)
def test_no_key_set_is_more_than_unreadable(value: object, name: str, key: Key) -> None:
    with contextlib.suppress(JwksUnreadable):
        public_keys(json.dumps({"keys": [named(key) | {name: value}]}).encode())
