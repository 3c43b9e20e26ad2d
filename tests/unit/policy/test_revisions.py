"""Revisions of the past are read though today's rules would not let them act."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from hub.model.agreement import Seal, Visibility
from hub.model.catalogue import Category
from hub.policy.revisions import KnownRevisions, revision_of, terms_of
from hub.ports import StoredAgreement
from tests.unit.policy.given import documents, drafted, rules

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _row(revision: int = 1, **changes: object) -> StoredAgreement:
    (known,) = (each for each in documents() if each.agreement.number == "RSD-2026-001")
    terms = msgspec.json.decode(known.document) | {"revision": revision} | changes
    return StoredAgreement(
        number="RSD-2026-001",
        revision=revision,
        document=msgspec.json.encode(terms, order="sorted"),
        signatures={},
        logged_hash=None,
    )


class Shelf:
    """A store of tests: counts how often everything was read."""

    def __init__(self, *rows: StoredAgreement) -> None:
        self.rows = list(rows)
        self.read = 0

    async def version(self) -> int:
        return len(self.rows)

    async def all(self) -> Sequence[StoredAgreement]:
        self.read += 1
        return self.rows

    async def history(self, number: str) -> Sequence[tuple[StoredAgreement, datetime | None]]:
        raise AssertionError(number)


async def test_revisions_are_read_when_there_is_another_and_kept() -> None:
    shelf = Shelf(_row())
    known = KnownRevisions(shelf, rules())
    first = await known.known()
    assert await known.known() is first
    shelf.rows.append(_row(2))
    both = await known.known()
    assert set(both) == {("RSD-2026-001", 1), ("RSD-2026-001", 2)}
    assert both["RSD-2026-001", 1] is first["RSD-2026-001", 1]
    assert shelf.read == 2


async def test_words_that_the_vocabulary_lost_stand_as_they_were() -> None:
    words = rules().vocabulary
    row = _row(purpose=f"{words.namespace}Forgotten", fields=["library.card"])
    old = terms_of(row, rules())
    assert old is not None
    assert (old.purpose_en, old.purpose_lv) == ("Forgotten", "Forgotten")
    told = revision_of(replace(old, basis=replace(old.basis, article9="A9-2-zz")), rules())
    assert told.basis_en[1] == told.basis_lv[1] == "A9-2-zz"
    assert told.categories == frozenset()


async def test_fields_that_are_no_longer_published_hide_nothing_else() -> None:
    old = terms_of(_row(fields=["library.card", "disability.group"]), rules())
    assert old is not None
    assert revision_of(old, rules()).categories == {Category.HEALTH}


async def test_what_is_no_document_is_left_out_and_told_to_the_operator() -> None:
    broken = replace(_row(3), document=b"{")
    with capture_logs() as lines:
        known = await KnownRevisions(Shelf(_row(), broken), rules()).known()
    assert set(known) == {("RSD-2026-001", 1)}
    assert [(each["event"], each["revision"]) for each in lines] == [("revision_unreadable", 3)]


@pytest.mark.parametrize(
    ("visibility", "days", "ends", "until"),
    [
        (Visibility.IMMEDIATE, 0, None, NOW),
        (Visibility.DELAYED, 30, None, NOW - timedelta(days=30)),
        (Visibility.SEALED, 0, None, None),
        (Visibility.SEALED, 0, date(2026, 11, 20), None),
        (Visibility.SEALED, 0, date(2026, 11, 19), NOW),
    ],
)
async def test_terms_say_up_to_when_entries_are_told(
    visibility: Visibility, days: int, ends: date | None, until: datetime | None
) -> None:
    seal = Seal(ground="law", officer="second", review=date(2027, 1, 1), ends=ends)
    terms = replace(
        drafted("RSD-2026-001"), visibility=visibility, visible_after_days=days, seal=seal
    )
    assert revision_of(terms, rules()).told_until(NOW, date(2026, 11, 20)) == until
