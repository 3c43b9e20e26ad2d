import pytest

from hub.fetch.freshness import Record, recorded
from hub.fetch.sealing import Sealer, Unreadable
from hub.model.personal_code import PersonalCode
from tests.unit.fetch.register import HOURLY, START, Keys, Loan, Register, Time, person

NAME = b"h1:{tag}:e:shape"


def sealer(register: str = "library", master: str = "master", time: Time | None = None) -> Sealer:
    return Sealer(register, Loan, Keys(master), time or Time())


def record() -> Record:
    register = Register(Time())
    register.lend(person(1))
    facts = register.loans[person(1)]
    return recorded(facts, as_of=START, now=START, freshness=HOURLY, spread=0.0)


def test_opens_what_it_sealed_with_every_type_restored() -> None:
    opened, mark = sealer().open(NAME, sealer().seal(NAME, record(), b"g"))
    assert (opened, mark) == (record(), b"g")
    assert isinstance(opened.facts, Loan)
    assert isinstance(opened.facts.guarantor, PersonalCode)


def test_no_record_is_a_record_too() -> None:
    absent = recorded(None, as_of=START, now=START, freshness=HOURLY, spread=0.0)
    assert sealer().open(NAME, sealer().seal(NAME, absent, b"")) == (absent, b"")


def test_hides_codes_and_words() -> None:
    sealed = sealer().seal(NAME, record(), b"")
    for plain in ("Ezera", str(person(9_000)), person(9_000).digits):
        assert plain.encode() not in sealed


def test_two_sealings_differ() -> None:
    assert sealer().seal(NAME, record(), b"") != sealer().seal(NAME, record(), b"")


def test_opens_under_no_other_name_register_or_key() -> None:
    sealed = sealer().seal(NAME, record(), b"")
    for subject, name in (
        (sealer(), b"h1:{other}:e:shape"),
        (sealer(register="archive"), NAME),
        (sealer(master="other"), NAME),
    ):
        with pytest.raises(Unreadable):
            subject.open(name, sealed)


def test_any_flipped_bit_or_missing_byte_is_noticed() -> None:
    sealed = sealer().seal(NAME, record(), b"")
    for at in range(len(sealed)):
        broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Unreadable):
            sealer().open(NAME, broken)
        with pytest.raises(Unreadable):
            sealer().open(NAME, sealed[:at])


def test_keys_change_daily_and_yesterdays_still_open() -> None:
    time = Time()
    subject = sealer(time=time)
    monday = subject.seal(NAME, record(), b"")
    time.pass_s(86_400)
    tuesday = subject.seal(NAME, record(), b"")
    assert monday[:3] != tuesday[:3]
    assert subject.open(NAME, monday) == subject.open(NAME, tuesday)


def test_keeps_few_keys_at_hand() -> None:
    time = Time()
    subject = sealer(time=time)
    for _ in range(100):
        subject.seal(NAME, record(), b"")
        time.pass_s(86_400)
    assert len(subject._ciphers) <= 32


def test_facts_of_another_edition_are_unreadable() -> None:
    class Older(Loan, frozen=True, kw_only=True):
        title: int  # type: ignore[assignment]

    older = Sealer("library", Older, Keys(), Time())
    with pytest.raises(Unreadable):
        older.open(NAME, sealer().seal(NAME, record(), b""))
