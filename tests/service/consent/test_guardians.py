"""A child's consent: who gave it counts as long as they may speak, and nobody said no."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk, Voice
from hub.model.decision import Consented
from hub.model.guardianship import RepresentationKind, RepresentationScope
from hub.model.personal_code import PersonalCode
from hub.ports import Residence
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, code
from tests.unit.consent.making import agreement, child, permit, relation

pytestmark = pytest.mark.asyncio

CHILD, MOTHER, FATHER, STRANGER = map(code, range(4))
NUMBER = agreement().number
BOTH = child(CHILD, relation(MOTHER), relation(FATHER))

Settle = Callable[[Residence], Awaitable[str | None]]


def by(speaker: PersonalCode, kind: RepresentationKind = RepresentationKind.PARENT) -> Voice:
    return Voice(speaker=speaker, capacity=kind)


@pytest.fixture
def settle(consents: Consents) -> Settle:
    """Return what a disclosure about the child rests on, None where it is denied."""

    async def settled(who: Residence) -> str | None:
        told = await consents.settle(permit(agreement()), who.codes, {CHILD: who})
        assert told.records.keys() <= {who.codes[0]}
        return told.records.get(CHILD)

    return settled


async def test_a_guardians_yes_counts_and_is_kept_under_the_guardians_token(
    desk: ConsentDesk, settle: Settle, hub_database: HubDatabase
) -> None:
    given = await desk.give(CHILD, agreement(), voice=by(MOTHER))
    assert await settle(BOTH) == given.reference
    kept = "SELECT count(*) FROM hub.consent_event e JOIN hub.consent_head h ON h.id = e.record"
    assert await ask(hub_database.owner_url, f"{kept} WHERE e.speaker <> h.token") == 1
    assert given.events[0].capacity == "PARENT"


@pytest.mark.parametrize(
    "now",
    [
        child(CHILD),
        child(CHILD, relation(FATHER)),
        child(CHILD, relation(MOTHER, ends=date(2026, 11, 19))),
        child(CHILD, relation(MOTHER, protected=True)),
        child(CHILD, relation(MOTHER, scope=RepresentationScope.PROPERTY)),
        child(CHILD, relation(MOTHER), born=date(2008, 11, 20)),
        child(CHILD, relation(MOTHER), born=None),
        child(CHILD, relation(MOTHER), died=date(2026, 11, 20)),
    ],
    ids=["gone", "another's", "ended", "protected", "property", "of age", "age unknown", "dead"],
)
async def test_it_counts_as_long_as_the_relation_does(
    desk: ConsentDesk, settle: Settle, now: Residence
) -> None:
    given = await desk.give(CHILD, agreement(), voice=by(MOTHER))
    assert await settle(BOTH) == given.reference
    assert await settle(now) is None
    assert await settle(BOTH) == given.reference


async def test_a_childs_own_yes_does_not_count_and_its_no_does(
    desk: ConsentDesk, settle: Settle
) -> None:
    await desk.give(CHILD, agreement())
    assert await settle(BOTH) is None
    given = await desk.give(CHILD, agreement(), voice=by(MOTHER))
    assert await settle(BOTH) == given.reference
    (changed,) = await desk.withdraw(CHILD, NUMBER)
    assert changed == f"{given.id}/3"
    assert await settle(BOTH) is None


async def test_of_age_they_must_give_their_own(desk: ConsentDesk, settle: Settle) -> None:
    grown = child(CHILD, relation(MOTHER), born=date(2008, 11, 20))
    await desk.give(CHILD, agreement(), voice=by(MOTHER))
    assert await settle(grown) is None
    own = await desk.give(CHILD, agreement())
    assert await settle(grown) == own.reference
    # a parent's later no is nobody's any more
    assert await desk.withdraw(CHILD, NUMBER, voice=by(MOTHER))
    assert await settle(grown) == f"{own.id}/3"


async def test_disagreeing_guardians_deny_until_they_agree(
    desk: ConsentDesk, settle: Settle
) -> None:
    await desk.give(CHILD, agreement(), voice=by(MOTHER))
    # who never gave anything says no beside it
    (no,) = await desk.withdraw(CHILD, NUMBER, voice=by(FATHER))
    assert await settle(BOTH) is None
    assert await desk.withdraw(CHILD, NUMBER, voice=by(FATHER)) == []
    again = await desk.give(CHILD, agreement(), voice=by(FATHER))
    assert await settle(BOTH) == again.reference != no
    await desk.withdraw(CHILD, NUMBER, voice=by(MOTHER))
    assert await settle(BOTH) is None
    assert await settle(child(CHILD, relation(FATHER))) is not None


async def test_from_whom_the_child_is_protected_neither_gives_nor_prevents(
    desk: ConsentDesk, settle: Settle
) -> None:
    guarded = child(CHILD, relation(MOTHER), relation(FATHER, protected=True))
    await desk.give(CHILD, agreement(), voice=by(FATHER))
    assert await settle(guarded) is None
    given = await desk.give(CHILD, agreement(), voice=by(MOTHER))
    await desk.withdraw(CHILD, NUMBER, voice=by(FATHER))
    assert await settle(guarded) == f"{given.id}/3"


async def test_whoever_is_known_to_nobody_has_not_consented(
    consents: Consents, desk: ConsentDesk
) -> None:
    await desk.give(CHILD, agreement())
    assert await consents.settle(permit(agreement()), [CHILD]) == Consented(records={})
    other = {STRANGER: child(STRANGER, relation(MOTHER))}
    assert await consents.settle(permit(agreement()), [CHILD], other) == Consented(records={})


async def test_the_day_is_that_of_the_clock(
    desk: ConsentDesk, settle: Settle, clock: StillClock
) -> None:
    given = await desk.give(CHILD, agreement(), voice=by(MOTHER))
    soon = child(CHILD, relation(MOTHER), born=date(2008, 11, 21))
    assert await settle(soon) == given.reference
    clock.at = clock.at.replace(day=21)
    assert await settle(soon) is None
