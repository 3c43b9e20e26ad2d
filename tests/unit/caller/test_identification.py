import logging
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import Key

from hub.errors import BadRequest, Code, HubError, ServiceUnavailable, Unauthenticated
from hub.model.caller import Credentials
from tests.unit.caller.minting import (
    CODE,
    EC,
    ED,
    HUB,
    RSA,
    TRUST,
    Room,
    mint,
    open_room,
    present,
    sealed_person,
)

DELEGATED = {"sub": "7f3a", "client_id": "citizen-portal", "act": {"sub": "citizen-portal"}}


async def refusal(room: Room, credentials: Credentials) -> HubError:
    with pytest.raises(HubError) as caught:
        await room.identification.identify(credentials)
    return caught.value


@pytest.mark.asyncio
@pytest.mark.parametrize("key", [EC, RSA, ED], ids=["ES256", "PS256", "EdDSA"])
async def test_a_good_token_names_its_client(key: Key) -> None:
    room = await open_room()
    client = await room.identification.identify(present(mint(key=key)))
    assert client.id == "riga-social-service"
    assert client.person is None
    assert client.expires_at.timestamp() == room.time.now().timestamp() + 300


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ((), Code.TOKEN_MISSING),
        (("",), Code.TOKEN_MISSING),
        (("Bearer",), Code.TOKEN_MISSING),
        (("Bearer ",), Code.TOKEN_MISSING),
        (("Basic dXNlcjpwYXNz",), Code.TOKEN_MISSING),
        (("DPoP abc",), Code.TOKEN_MISSING),
        (("Bearer abc",), Code.TOKEN_INVALID),
        (("Bearer a b",), Code.TOKEN_INVALID),
        (("Bearer ā.ā.ā",), Code.TOKEN_INVALID),
        (("Bearer " + "a" * 8193,), Code.TOKEN_INVALID),
    ],
)
async def test_no_token_or_none_that_can_be_read(
    authorization: tuple[str, ...], code: Code
) -> None:
    room = await open_room()
    error = await refusal(room, Credentials(authorization=authorization))
    assert isinstance(error, Unauthenticated)
    assert error.code is code
    assert (room.jwks.asked, room.clients.asked) == (1, 1)  # what opening asked, and no more


@pytest.mark.asyncio
async def test_two_authorization_headers_are_refused_even_if_equal() -> None:
    room = await open_room()
    token = f"Bearer {mint()}"
    error = await refusal(room, Credentials(authorization=(token, token)))
    assert isinstance(error, BadRequest)
    assert error.code is Code.HEADER_CONFLICT


@pytest.mark.asyncio
async def test_the_scheme_is_read_as_the_rfc_says() -> None:
    room = await open_room()
    assert await room.identification.identify(Credentials(authorization=(f"bEaReR  {mint()} ",)))


@pytest.mark.asyncio
async def test_expired_between_two_requests() -> None:
    room = await open_room()
    token = mint()
    await room.identification.identify(present(token))
    room.time.passed_s = 329
    await room.disabled.refresh()
    assert await room.identification.identify(present(token))  # leeway
    room.time.passed_s = 330
    await room.disabled.refresh()
    assert (await refusal(room, present(token))).code is Code.TOKEN_EXPIRED


# ---- binding --------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("required", [True, False], ids=["production", "sandbox"])
@pytest.mark.parametrize("presented", [None, "", "other", "thumbprint2", "THUMBPRINT"])
async def test_a_bound_token_needs_its_certificate_everywhere(
    required: bool, presented: str | None
) -> None:
    room = await open_room(replace(TRUST, require_binding=required))
    token = mint(cnf={"x5t#S256": "thumbprint"})
    for _ in range(2):  # remembered or not
        error = await refusal(room, present(token, presented))
        assert error.code is Code.TOKEN_NOT_BOUND
    assert (await room.identification.identify(present(token, "thumbprint"))).id
    assert (await refusal(room, present(token, presented))).code is Code.TOKEN_NOT_BOUND


@pytest.mark.asyncio
async def test_an_unbound_token_is_for_the_sandbox_alone() -> None:
    token = mint()
    sandbox = await open_room(replace(TRUST, require_binding=False))
    assert await sandbox.identification.identify(present(token))
    assert await sandbox.identification.identify(present(token, "any"))
    production = await open_room(replace(TRUST, require_binding=True))
    for certificate in (None, "any"):
        error = await refusal(production, present(token, certificate))
        assert error.code is Code.TOKEN_NOT_BOUND


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "cnf",
    [
        {},
        {"jkt": "abc"},
        {"x5t#S256": "thumbprint", "jkt": "abc"},
        {"x5t#S256": ""},
        {"x5t#S256": 7},
    ],
)
async def test_a_confirmation_that_cannot_be_checked_is_not_ignored(cnf: dict[str, object]) -> None:
    room = await open_room(replace(TRUST, require_binding=False))
    error = await refusal(room, present(mint(cnf=cnf), "thumbprint"))
    assert error.code is Code.TOKEN_NOT_BOUND


# ---- disabled clients -----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_disabling_binds_a_remembered_token() -> None:
    room = await open_room()
    token = mint()
    await room.identification.identify(present(token))
    room.clients.ids = {"riga-social-service"}
    await room.disabled.refresh()
    assert (await refusal(room, present(token))).code is Code.CLIENT_DISABLED
    room.clients.ids = set()
    await room.disabled.refresh()
    assert await room.identification.identify(present(token))


@pytest.mark.asyncio
async def test_requests_never_ask_the_store_themselves() -> None:
    room = await open_room()
    for _ in range(5):
        await room.identification.identify(present(mint()))
    assert room.clients.asked == 1


@pytest.mark.asyncio
async def test_a_list_too_old_admits_nobody_and_recovers() -> None:
    room = await open_room()
    room.clients.failure = OSError("down")
    room.time.passed_s = 10
    await room.disabled.refresh()
    assert await room.identification.identify(present(mint()))
    assert room.identification.ready
    room.time.passed_s = 10.1
    await room.disabled.refresh()
    error = await refusal(room, present(mint()))
    assert isinstance(error, ServiceUnavailable)
    assert error.code is Code.AUDIT_UNAVAILABLE
    assert not room.identification.ready
    room.clients.failure = None
    await room.disabled.refresh()
    assert await room.identification.identify(present(mint()))


@pytest.mark.asyncio
async def test_a_client_known_to_be_disabled_stays_out_while_the_list_is_too_old() -> None:
    room = await open_room()
    room.clients.ids = {"riga-social-service"}
    await room.disabled.refresh()
    room.time.passed_s = 60
    assert (await refusal(room, present(mint()))).code is Code.CLIENT_DISABLED


# ---- a person's own token -------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_delegated_token_names_the_person_without_telling_the_code() -> None:
    room = await open_room()
    token = mint(changes=DELEGATED | {"person": sealed_person()})
    client = await room.identification.identify(present(token))
    assert client.id == "citizen-portal"
    assert client.person == CODE
    assert CODE not in repr(client)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changes",
    [
        {"person": ...},
        {"act": ...},
        {"act": {"sub": "another-portal"}},
        {"person": CODE},
        {"person": "a.b.c.d.e"},
        {"person": ""},
        {"person": sealed_person("12345")},
        {"person": sealed_person("ā" * 12)},
        {"person": sealed_person(enc="A128GCM")},
        {"person": sealed_person(key=EC)},
        {"person": sealed_person()[:-2] + "AA"},
    ],
)
async def test_delegation_half_told_or_unreadable_is_refused(changes: dict[str, Any]) -> None:
    room = await open_room()
    whole = DELEGATED | {"person": sealed_person()}
    error = await refusal(room, present(mint(changes=whole | changes)))
    assert error.extensions() == {"code": "token_invalid", "reason": "delegation"}


@pytest.mark.asyncio
async def test_delegation_needs_the_hubs_key() -> None:
    room = await open_room(replace(TRUST, person_keys=None))
    error = await refusal(room, present(mint(changes=DELEGATED | {"person": sealed_person()})))
    assert error.details == {"reason": "delegation"}


@pytest.mark.asyncio
@pytest.mark.parametrize("claim", ["sub", "client_id"])
@pytest.mark.parametrize("text", [CODE, CODE.replace("-", ""), f"user:{CODE}"])
async def test_a_personal_code_in_clear_is_refused_and_not_repeated(
    claim: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    room = await open_room()
    with caplog.at_level(logging.DEBUG):
        error = await refusal(room, present(mint(changes={claim: text})))
    assert error.extensions() == {"code": "token_invalid", "reason": "personal_code"}
    assert CODE not in f"{error!r} {error.__cause__} {error.__context__} {caplog.text}"


@pytest.mark.asyncio
async def test_the_key_for_persons_opens_no_signature() -> None:
    room = await open_room()
    room.jwks.keys.append(HUB)
    room.time.passed_s = 60
    await room.keys.refresh()
    await room.disabled.refresh()
    error = await refusal(room, present(mint(room.time, key=HUB)))
    assert error.details == {"reason": "key_unknown"}
