"""Entries built in one pass from templates are, byte for byte, those that are spelt out plainly."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.audit.chain import Writer, verify_writer
from hub.audit.encoding import begun_leaf, canonical, commitment, finished_leaf
from hub.audit.entry import Building, Prepared, prepare
from hub.audit.sealing import OUTCOME_BYTES, PERSON_BYTES
from hub.model.entry import NOTHING_TOLD, Disclosure, Header, StoredEntry, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.stop import STOPPABLE_BASES
from tests.unit.audit.making import KEY, code, disclosure, key_of, prepared, stored

WORDS = st.text(max_size=12)
SOME = st.none() | WORDS
NAMES = st.sampled_from(["disability", "employment", "socialInsurance", 'odd "\\\n č'])
OUTCOMES = st.dictionaries(
    NAMES | WORDS, st.sampled_from([*sorted(NOTHING_TOLD), "found", "absent"]) | WORDS, max_size=4
)
PEOPLE = st.integers(0, 30).map(code) | WORDS.map(PersonalCode)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-9))])
HEADERS = st.builds(
    Header,
    operation_id=st.text(min_size=1, max_size=32),
    at=st.builds(
        lambda seconds, micros, zone: (
            BEGIN + timedelta(seconds=seconds, microseconds=micros)
        ).astimezone(zone),
        st.integers(0, 10**9),
        st.sampled_from([0, 1, 120_000, 999_999]),
        ZONES,
    ),
    decision=st.sampled_from(["disclosed", "refused", "administrative", "consent", ""]),
    client=SOME,
    person_acting=st.booleans(),
    agreement=SOME,
    revision=st.none() | st.integers(0, 3),
    agreement_hash=SOME,
    purpose=SOME,
    article6=st.sampled_from([None, "A6-1-c", *sorted(STOPPABLE_BASES)]),
    article9=SOME,
    case=SOME,
    official=SOME,
    policy_version=SOME,
    document_hash=WORDS,
    action=WORDS,
    registers=st.lists(NAMES, max_size=3).map(tuple),
    fields=st.lists(WORDS, max_size=3).map(tuple),
    denied=st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple),
    codes=st.lists(WORDS, max_size=2).map(tuple),
    visibility=WORDS,
)
ENTRIES = st.builds(
    SubjectEntry,
    subject=PEOPLE,
    outcomes=OUTCOMES,
    consent=st.none() | st.sampled_from(["", "consent-1", 'consent "2"']),
    relation=st.sampled_from(["asked", "child", "asked,payee", 'odd "\\']),
)
DISCLOSURES = st.builds(
    Disclosure, header=HEADERS, subjects=st.lists(ENTRIES, max_size=5).map(tuple)
)


def plain_open(header: Header, nonce: str, consent: str | None) -> bytes:
    told = {name: getattr(header, name) for name in Header.__struct_fields__}
    told = {name: value for name, value in told.items() if value}
    at = header.at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return canonical(told | {"v": 1, "at": at, "nonce": nonce} | named(consent))


def named(consent: str | None) -> dict[str, str]:
    return {"consent": consent} if consent else {}


def plain_sealed(header: Header, entry: SubjectEntry) -> bytes:
    told = {"subject": str(entry.subject), "relation": entry.relation, "outcomes": entry.outcomes}
    room = PERSON_BYTES + sum(len(name) + OUTCOME_BYTES for name in header.registers)
    text = canonical(told)
    return text + b" " * (-len(text) % room)


def check(made: Disclosure, operation: Prepared) -> None:
    header, rows = made.header, stored(Writer.new().chain([operation]))
    nonce = orjson.loads(rows[0].open)["nonce"]
    leaves = [check_row(header, row, nonce, entry) for row, entry in pairs(rows, made)]
    assert list(operation.leaves) == leaves
    assert operation.receipt.id == header.operation_id
    assert operation.receipt.commitment == commitment(bytes.fromhex(nonce), leaves)
    assert operation.purpose == (header.purpose or "")
    told = [(entry.consent, entry.subject) for entry in made.subjects if entry.consent]
    assert [*operation.cited] == (told if header.decision == "disclosed" else [])
    stopped = [e.subject for e in made.subjects if e.discloses]
    assert [*operation.watched] == (stopped if header.article6 in STOPPABLE_BASES else [])
    assert verify_writer(rows) is None


def pairs(
    rows: list[StoredEntry], made: Disclosure
) -> list[tuple[StoredEntry, SubjectEntry | None]]:
    return list(zip(rows, made.subjects or (None,), strict=True))


def check_row(header: Header, row: StoredEntry, nonce: str, entry: SubjectEntry | None) -> bytes:
    opened = plain_open(header, nonce, entry.consent if entry else None)
    assert row.open.encode() == opened
    assert (row.operation_id, row.at) == (header.operation_id, header.at)
    assert len(row.salt) == 16
    if entry is None:
        assert (row.sealed, row.index) == (None, None)
    else:
        assert row.sealed is not None
        key = key_of(entry.subject)
        assert row.index == key.index
        plain = AESGCM(key.secret).decrypt(
            row.sealed[:12], row.sealed[12:], header.operation_id.encode()
        )
        assert plain == plain_sealed(header, entry)
    return finished_leaf(begun_leaf(opened), row.salt, row.sealed)


@settings(max_examples=200, deadline=None)
@given(DISCLOSURES)
def test_every_byte_is_as_spelt_out_plainly(made: Disclosure) -> None:
    check(made, prepared(made))


@settings(max_examples=100, deadline=None)
@given(DISCLOSURES, st.integers(1, 3))
def test_building_in_turns_changes_nothing(made: Disclosure, turn: int) -> None:
    building = Building(made.header, KEY)
    for start in range(0, len(made.subjects), turn):
        part = made.subjects[start : start + turn]
        building.add(part, [key_of(entry.subject) for entry in part])
    check(made, building.finished())


@settings(max_examples=100, deadline=None)
@given(HEADERS, st.data())
def test_headers_alike_but_for_one_thing_are_never_mixed_up(
    header: Header, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([*Header.__struct_fields__]))
    other = replace(header, **{name: getattr(data.draw(HEADERS), name)})
    for each in (header, other, header):
        check(made := Disclosure(header=each), prepared(made))


def test_persons_with_the_same_outcomes_are_never_mixed_up() -> None:
    alike, equal = {"disability": "found"}, {"disability": "found"}
    people = [
        SubjectEntry(subject=code(place), outcomes=outcomes, relation=relation)
        for place, (outcomes, relation) in enumerate(
            [(alike, "asked"), (equal, "asked"), (alike, "child"), ({}, "child"), (alike, "asked")]
        )
    ]
    made = Disclosure(header=disclosure().header, subjects=tuple(people))
    check(made, prepared(made))


def test_two_entries_never_share_what_is_random() -> None:
    made = disclosure(*map(code, range(40)))
    operations = [prepared(made), prepared(made), prepared(disclosure(code(1)))]
    rows = [row for each in operations for row in stored(Writer.new().chain([each]))]
    assert len({row.salt for row in rows}) == len(rows)
    assert len({(row.sealed or b"")[:12] for row in rows}) == len(rows)
    nonces = {orjson.loads(row.open)["nonce"] for row in rows}
    assert len(nonces) == len(operations)
    assert not nonces & {row.salt.hex() for row in rows}


def test_each_person_has_exactly_one_key() -> None:
    made = disclosure(code(1), code(2))
    try:
        prepare(made, [key_of(code(1))], KEY)
    except ValueError:
        return
    raise AssertionError
