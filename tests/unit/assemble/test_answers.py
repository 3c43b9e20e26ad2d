from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.assemble.absent import register_errors
from hub.assemble.answers import Answers, Asked, Evidence, Part
from hub.errors import Code
from hub.model.catalogue import FieldId
from hub.model.evidence import (
    AbsenceCode,
    Absent,
    Failure,
    Found,
    Outcome,
    Subject,
    Unavailable,
)
from hub.model.personal_code import PersonalCode
from hub.plan.catalogue import read_catalogue
from tests.unit.assemble.library import LibraryConnector, LibraryFacts, LoanFacts
from tests.unit.plan.schema import MANIFEST, SCHEMA

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ANNA, BERTA = PersonalCode("161175-19997"), PersonalCode("328673-00679")
HEALTH = FieldId("library.loans#HEALTH")
CURE, NOVEL = LoanFacts(kind="CURE", fee=1), LoanFacts(kind="NOVEL", fee=2)


def part(on: date | None = None, *leaves: str) -> Part:
    asked = frozenset(FieldId(leaf) for leaf in leaves or ("library.loans.fee",))
    about = frozenset({ANNA, BERTA})
    return Part(register="library", sent={"on": on}, filled={"on": on}, about=about, leaves=asked)


def found(*loans: LoanFacts, card: str | None = None) -> Found:
    return Found(facts=LibraryFacts(card=card, loans=loans), as_of=NOW, fetched_at=NOW)


def answers(
    outcomes: Mapping[PersonalCode, Outcome],
    *parts: Part,
    granted: frozenset[FieldId] = frozenset(),
) -> Answers:
    asked = Asked(
        catalogue=read_catalogue(SCHEMA, {"library": MANIFEST}),
        connectors={"library": LibraryConnector()},
        today=TODAY,
        parts=parts or (part(),),
        value_classes=granted,
    )
    subjects = {code: Subject(asked=code, codes=(code,)) for code in outcomes}
    known = Answers(asked, Evidence(subjects=subjects, outcomes={"library": outcomes}))
    known.map_all()
    return known


def test_a_part_is_found_by_register_and_arguments() -> None:
    old = TODAY - timedelta(days=900)
    known = answers({ANNA: found(NOVEL)}, part(), part(old))
    assert known.part(ANNA, "library", {"on": None}).loans[0].fee == 2
    assert known.part(ANNA, "library", {"on": old}) is None
    assert known.absences(ANNA) == ()
    assert known.told == {ANNA: {"library": "found"}}


def test_absences_are_typed() -> None:
    failed = Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=9)
    stale = Unavailable(failure=Failure.TOO_STALE, known_as_of=NOW)
    known = answers({ANNA: failed, BERTA: stale})
    assert [(a.register, a.code, a.retry_after_s) for a in known.absences(ANNA)] == [
        ("library", AbsenceCode.REGISTER_UNAVAILABLE, 9)
    ]
    assert known.absences(BERTA)[0].known_as_of == NOW
    assert answers({ANNA: Absent(as_of=NOW)}).absences(ANNA)[0].code is AbsenceCode.NO_RECORD
    (nobody,) = answers({}).absences(ANNA)
    assert (nobody.register, nobody.code) == (None, AbsenceCode.SUBJECT_NOT_FOUND)


def test_one_error_per_failed_register_however_many_persons() -> None:
    failed = Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=9)
    (error,) = register_errors(answers({ANNA: failed, BERTA: failed}).failures)
    assert error.code is Code.REGISTER_UNAVAILABLE
    assert error.details == {"register": "library", "retryAfterSeconds": 9}


def test_only_withheld_rows_look_like_no_record() -> None:
    withheld = answers({ANNA: found(CURE)})
    absent = answers({ANNA: Absent(as_of=NOW)})
    assert withheld.absences(ANNA) == absent.absences(ANNA)
    assert withheld.part(ANNA, "library", {"on": None}) is None
    assert answers({ANNA: found(CURE)}, granted=frozenset({HEALTH})).absences(ANNA) == ()


@given(st.lists(st.sampled_from([CURE, NOVEL])), st.booleans())
def test_what_is_shown_is_a_function_of_visible_rows(loans: list[LoanFacts], carded: bool) -> None:
    card = "k" if carded else None
    with_them = answers({ANNA: found(*loans, card=card)})
    without = answers({ANNA: found(*(each for each in loans if each is NOVEL), card=card)})
    assert with_them.part(ANNA, "library", {"on": None}) == without.part(
        ANNA, "library", {"on": None}
    )
    assert with_them.absences(ANNA) == without.absences(ANNA)


def test_a_record_that_cannot_be_mapped_fails_its_register_only() -> None:
    known = answers({ANNA: found(LoanFacts(kind="UNHEARD", fee=1)), BERTA: found(NOVEL)})
    assert known.absences(ANNA)[0].code is AbsenceCode.REGISTER_UNAVAILABLE
    assert known.absences(BERTA) == ()
    assert [each.code for each in register_errors(known.failures)] == [Code.REGISTER_MALFORMED]


def test_embedded_persons_are_counted_when_their_leaves_are_asked() -> None:
    lent = LoanFacts(kind="NOVEL", fee=1, lender=BERTA)
    assert answers({ANNA: found(lent)}, part(None, "library.loans.fee")).others == {
        BERTA: {"loans"}
    }
    assert answers({ANNA: found(lent)}, part(None, "library.card")).others == {}


def test_each_person_stands_once_in_the_order_first_asked() -> None:
    known = answers({ANNA: found(NOVEL), BERTA: found(NOVEL)})
    assert known.distinct([BERTA, ANNA, BERTA]) == [BERTA, ANNA]
