import hmac
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date

from hub.fetch.names import Names
from hub.model.evidence import Subject, Window
from tests.unit.fetch.register import HOURLY, Loan, Register, Time, one, order, person

KEY = b"k" * 32


def names(register: str = "library", key: bytes = KEY) -> Names:
    return Names(Register(Time(), name=register).manifest, Loan, key)


def entry(
    subject: Subject, agreement: str = "A", *, of: Names | None = None, **asked: object
) -> bytes:
    ask = order(**asked).ask  # type: ignore[arg-type]
    return (of or names()).slots(ask, agreement, [subject])[0].entry


def test_no_two_questions_share_a_name() -> None:
    window = Window(start=date(2026, 1, 1), end=date(2026, 3, 31))
    later = replace(window, end=date(2026, 4, 30))
    told = [
        entry(one(1)),
        entry(one(2)),
        entry(one(1), "B"),
        entry(one(1), wide=True),
        entry(one(1), window=window),
        entry(one(1), window=later),
        entry(one(1), of=names(key=b"j" * 32)),
        entry(one(1), of=names("archive")),
        entry(Subject(asked=person(1), codes=(person(1), person(3)))),
    ]
    assert len(set(told)) == len(told)
    assert entry(one(1)) == told[0]


def test_tags_are_hmac_sha256_of_register_and_code() -> None:
    for number in range(50):
        told = hmac.new(KEY, b"library|" + person(number).encode(), "sha256").digest()[:18]
        assert names().mark(person(number)) == b"h1:{%b}:g" % urlsafe_b64encode(told)


def test_another_freshness_or_other_facts_are_another_edition() -> None:
    manifest = Register(Time()).manifest
    shorter = replace(manifest, freshness=replace(HOURLY, ttl_s=5))

    class Longer(Loan, frozen=True, kw_only=True):
        more: int

    assert entry(one(1), of=Names(shorter, Loan, KEY)) != entry(one(1))
    assert entry(one(1), of=Names(manifest, Longer, KEY)) != entry(one(1))


def test_names_of_one_person_share_a_slot_within_a_register_only() -> None:
    slots = names().slots(order().ask, "A", [one(1)])
    tag = slots[0].entry.split(b"}")[0]
    assert slots[0].known.split(b"}")[0] == slots[0].marks[0].split(b"}")[0] == tag
    assert names("archive").mark(person(1)).split(b"}")[0] != tag


def test_every_code_of_a_person_has_its_generation() -> None:
    subject = Subject(asked=person(2), codes=(person(1), person(2)))
    (slot,) = names().slots(order().ask, "A", [subject])
    assert slot.marks == (names().mark(person(1)), names().mark(person(2)))


def test_the_order_of_persons_does_not_matter_to_a_lease() -> None:
    slots = names().slots(order().ask, "A", [one(1), one(2)])
    assert names().lease(slots) == names().lease(slots[::-1])
    assert names().lease(slots) != names().lease(slots[:1])


def test_no_code_stands_in_a_name() -> None:
    assert person(1).encode() not in entry(one(1))
    assert person(1).digits.encode() not in entry(one(1))


def test_a_lease_on_one_is_its_own_and_stands_beside_the_entry() -> None:
    subject = names()
    first, second = subject.slots(order().ask, "RSD-1", [one(1), one(2)])
    other = subject.slots(order().ask, "VARAM-7", [one(1)])[0]
    leases = {subject.lease(each) for each in ([first], [second], [other], [first, second])}
    assert len(leases) == 4
    assert not leases & {first.entry, second.entry, other.entry}
    assert subject.lease([first]).partition(b"}")[0] == first.entry.partition(b"}")[0]
