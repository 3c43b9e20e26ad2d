"""What entries tell openly, what only with the person's key, and what never."""

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from hub.audit.chain import Writer, leaf_of
from hub.audit.encoding import canonical, commitment
from hub.audit.entry import Prepared
from hub.model.entry import NOTHING_TOLD, Disclosure
from hub.model.personal_code import looks_like_code
from tests.unit.audit.making import code, disclosure, key_of, prepared, stored

OUTCOMES = st.sampled_from([*sorted(NOTHING_TOLD), "found", "absent", "withheld"])


def opened(operation: Prepared) -> list[dict[str, object]]:
    return [orjson.loads(run.open) for run in operation.runs]


def test_the_open_part_holds_the_header_and_no_person() -> None:
    made = disclosure(code(1), code(2), case="RSD/1", codes=("field_not_in_agreement",))
    (told,) = opened(prepared(made))
    nonce = told.pop("nonce")
    assert len(str(nonce)) == 64
    assert told == {
        "v": 1,
        "operation_id": made.header.operation_id,
        "at": "2026-11-20T12:00:00.000001Z",
        "decision": "disclosed",
        "client": "riga-social-service",
        "agreement": "RSD-2026-001",
        "revision": 1,
        "purpose": "https://example.lv/purpose#MeansTest",
        "article6": "A6-1-c",
        "action": "record",
        "case": "RSD/1",
        "codes": ["field_not_in_agreement"],
        "registers": ["disability", "employment"],
        "fields": ["disability.group", "employment.status"],
        "visibility": "immediate",
    }


def test_no_code_stands_in_clear_anywhere() -> None:
    subject = code(77)
    made = prepared(disclosure(subject))
    for entry in stored(Writer.new().chain([made])):
        whole = b"".join((entry.open.encode(), entry.salt, entry.sealed or b"", entry.index or b""))
        assert subject.encode() not in whole
        assert subject.digits.encode() not in whole
        assert not looks_like_code(entry.open.replace(entry.operation_id, "").split('"nonce"')[0])
    assert subject not in repr(made)


def test_an_operation_about_nobody_has_one_entry_without_a_sealed_part() -> None:
    (entry,) = stored(Writer.new().chain([prepared(disclosure(decision="refused"))]))
    assert (entry.sealed, entry.index) == (None, None)


def test_a_consent_record_stands_openly_in_its_own_entry_only() -> None:
    one, two, three = code(1), code(2), code(3)
    made = prepared(disclosure(one, two, three, consents={two: "consent-2"}))
    assert [told.get("consent") for told in opened(made)] == [None, "consent-2", None]
    assert [run.entries for run in made.runs] == [1, 1, 1]
    assert made.cited == [("consent-2", two)]


@given(one=OUTCOMES, other=OUTCOMES, relation=st.sampled_from(["asked", "representative"]))
def test_the_length_of_the_sealed_part_tells_no_outcome(
    one: str, other: str, relation: str
) -> None:
    registers = ("childProtection", "disability", "employment", "socialInsurance", "vaccination")
    lengths = {
        run.size
        for outcome, how in ((one, "asked"), (other, relation))
        for run in prepared(
            disclosure(
                code(1),
                registers=registers,
                outcomes=dict.fromkeys(registers, outcome) if outcome != "out_of_scope" else {},
                relation=how,
            )
        ).runs
    }
    assert len(lengths) == 1


def test_a_sealed_part_opens_with_its_key_and_operation_alone() -> None:
    made = disclosure(code(5), relation="payee")
    sealed = prepared(made).sealed
    plain = AESGCM(key_of(code(5)).secret).decrypt(
        sealed[:12], sealed[12:], made.header.operation_id.encode()
    )
    assert orjson.loads(plain) == {
        "subject": str(code(5)),
        "relation": "payee",
        "outcomes": {"disability": "found", "employment": "absent"},
    }


def test_a_receipt_commits_to_all_leaves_and_tells_nothing_of_them() -> None:
    made = disclosure(*map(code, range(4)))
    one, again = prepared(made), prepared(made)
    entries = stored(Writer.new().chain([one]))
    nonce = bytes.fromhex(str(opened(one)[0]["nonce"]))
    assert one.receipt.id == made.header.operation_id
    assert one.receipt.commitment == commitment(nonce, map(leaf_of, entries))
    assert commitment(nonce, map(leaf_of, entries[:-1])) != one.receipt.commitment
    assert again.receipt.commitment != one.receipt.commitment
    assert len(one.receipt.commitment) == len(prepared(disclosure()).receipt.commitment) == 64


def test_only_disclosures_on_stoppable_bases_are_watched() -> None:
    def who(made: Disclosure) -> list[str]:
        return list(prepared(made).watched)

    told_nothing = dict.fromkeys(("disability", "employment"), "restricted")
    assert who(disclosure(code(1), article6="A6-1-e")) == [code(1)]
    assert who(disclosure(code(1), article6="A6-1-a")) == [code(1)]
    assert who(disclosure(code(1), article6="A6-1-c")) == []
    assert who(disclosure(code(1), article6=None)) == []
    assert who(disclosure(code(1), article6="A6-1-e", outcomes=told_nothing)) == []
    assert who(disclosure(code(1), article6="A6-1-e", outcomes={})) == []
    mixed = told_nothing | {"employment": "absent"}
    assert who(disclosure(code(1), article6="A6-1-e", outcomes=mixed)) == [code(1)]


@given(st.dictionaries(st.text("abcč_"), st.one_of(st.text('aāž"\\\n'), st.integers(0, 9))))
def test_canonical_text_does_not_depend_on_order(document: dict[str, object]) -> None:
    backwards = dict(reversed(document.items()))
    assert canonical(document) == canonical(backwards)
    assert canonical(orjson.loads(canonical(document))) == canonical(document)
