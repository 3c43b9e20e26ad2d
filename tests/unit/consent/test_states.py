"""What a history amounts to, and which steps follow which."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.app import publication
from hub.app.words import published_words
from hub.consent.states import ALLOWED, notice_of, notice_text, rests_on, state_of, terms_of
from hub.model.catalogue import FieldId
from hub.model.consent import ConsentEvent, ConsentRecord, ConsentState, Spoken
from tests.unit.audit.making import code
from tests.unit.consent.making import LAW, agreement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WORDS_OF = published_words(None)
PAYMENT, ROWS = "socialInsurance.benefits.payments.net", "socialInsurance.benefits#HEALTH"
ONE, OTHER, THIRD = map(code, range(3))


def record(*states: ConsentState, expires_at: datetime | None = None) -> ConsentRecord:
    events = [
        ConsentEvent(
            state=state,
            at=NOW - timedelta(days=len(states) - i),
            expires_at=expires_at if state.permits else None,
            revision=i + 1,
        )
        for i, state in enumerate(states)
    ]
    return ConsentRecord(id="1", terms=terms_of(agreement()), events=events)


@pytest.mark.parametrize("state", ConsentState)
def test_only_given_and_renewed_permit(state: ConsentState) -> None:
    permits = state in {ConsentState.GIVEN, ConsentState.RENEWED}
    assert state.permits is permits
    assert state_of(record(ConsentState.GIVEN, state), NOW) is state
    assert bool(rests_on([word(ONE, state)], [ONE], NOW)) is permits


def test_no_history_is_unknown_and_denies() -> None:
    assert state_of(record(), NOW) is ConsentState.UNKNOWN
    assert record().revision == 0
    assert not ConsentState.UNKNOWN.permits
    assert rests_on([], [ONE], NOW) is None


def test_time_alone_ends_what_was_given_and_nothing_else() -> None:
    given = record(ConsentState.GIVEN, expires_at=NOW)
    assert state_of(given, NOW - SECOND) is ConsentState.GIVEN
    assert state_of(given, NOW) is ConsentState.EXPIRED
    withdrawn = record(ConsentState.GIVEN, ConsentState.WITHDRAWN, expires_at=NOW)
    assert state_of(withdrawn, NOW + SECOND) is ConsentState.WITHDRAWN


def test_another_revision_is_another_consent() -> None:
    assert terms_of(agreement()) == terms_of(agreement())
    assert terms_of(agreement(hash="cd" * 32)) != terms_of(agreement())
    assert terms_of(agreement(LAW)).scope == ""


def test_entries_cite_how_many_events_there_are() -> None:
    assert record(ConsentState.GIVEN, ConsentState.WITHDRAWN).reference == "1/2"


def test_every_step_is_told_and_nothing_follows_what_closes() -> None:
    computed = {ConsentState.UNKNOWN, ConsentState.EXPIRED, ConsentState.RENEWED}
    assert set(ALLOWED) == set(ConsentState) - computed
    for before in ALLOWED.values():
        assert not {state for state in before if state.closes}
    assert all(
        ConsentState.UNKNOWN not in ALLOWED[state]
        for state in (ConsentState.DEFERRED, ConsentState.WITHDRAWN, ConsentState.REVOKED)
    )


def word(
    speaker: object, state: ConsentState, expires_at: datetime | None = None, revision: int = 1
) -> Spoken:
    return Spoken(
        speaker=speaker,  # type: ignore[arg-type]
        state=state,
        expires_at=expires_at,
        reference=f"1/{revision}",
    )


def test_where_two_disagree_it_is_denied_and_who_may_not_speak_does_not_count() -> None:
    yes, no = word(ONE, ConsentState.GIVEN), word(OTHER, ConsentState.REFUSED)
    assert rests_on([yes], [ONE, OTHER], NOW) == "1/1"
    assert rests_on([yes, no], [ONE, OTHER], NOW) is None
    assert rests_on([yes, word(OTHER, ConsentState.WITHDRAWN)], [ONE, OTHER], NOW) is None
    assert rests_on([yes, word(OTHER, ConsentState.DEFERRED)], [ONE, OTHER], NOW) == "1/1"
    assert rests_on([yes], [OTHER], NOW) is None
    assert rests_on([word(ONE, ConsentState.GIVEN, NOW)], [ONE], NOW) is None
    ended = word(ONE, ConsentState.RENEWED, NOW)
    assert rests_on([ended, word(OTHER, ConsentState.GIVEN)], [ONE, OTHER], NOW) == "1/1"


WORDS = st.lists(
    st.builds(
        word,
        st.sampled_from([ONE, OTHER, THIRD]),
        st.sampled_from(ConsentState),
        st.sampled_from([None, NOW, NOW + SECOND]),
    ),
    max_size=5,
    unique_by=lambda each: each.speaker,
)


@given(words=WORDS, speakers=st.sets(st.sampled_from([ONE, OTHER, THIRD])))
def test_a_no_or_fewer_speakers_never_allow_more(words: list[Spoken], speakers: set[str]) -> None:
    whose = [code for code in (ONE, OTHER, THIRD) if code in speakers]
    if rests_on(words, whose, NOW) is None:
        assert rests_on(words, whose[1:], NOW) is None
    no = word(code(9), ConsentState.REFUSED)
    assert rests_on([*words, no], whose, NOW) is None


def test_the_notice_binds_the_text_of_its_language_and_revision() -> None:
    lv, en = notice_of(agreement(), "lv", WORDS_OF), notice_of(agreement(), "en", WORDS_OF)
    assert (lv.version, lv.language, en.language) == ("SKV-2026-001/1", "lv", "en")
    other = notice_of(agreement(purpose_lv="Cits"), "lv", WORDS_OF)
    assert len({lv.sha256, en.sha256, other.sha256}) == 3
    for language, right in (("lv", "atsaukt jebkurā laikā"), ("en", "withdraw your consent")):
        assert right in notice_text(agreement(), language, WORDS_OF).splitlines()[-1]


def test_the_notice_names_data_in_words_below_their_register() -> None:
    fields = frozenset(map(FieldId, ["disability.group", PAYMENT, ROWS]))
    lv = notice_text(agreement(fields=fields), "lv", WORDS_OF).splitlines()
    en = notice_text(agreement(fields=fields), "en", WORDS_OF).splitlines()
    assert "Nolūks: Ēdināšana." in lv
    assert "Purpose: Meals." in en
    assert lv[3] == "Invaliditātes informatīvā sistēma:"
    assert lv[4].startswith("- ")
    payments = lv.index("Sociālās apdrošināšanas informācijas sistēma:")
    assert "izmaksātā summa" in "".join(lv[payments:])
    assert "Social insurance administration information system:" in en
    for lines in (lv, en):
        assert len([each for each in lines if each.startswith("- ")]) == 3
        assert "socialInsurance" not in "".join(lines)
        assert "HEALTH" not in "".join(lines)


def test_what_is_published_no_more_stands_for_itself() -> None:
    text = notice_text(agreement(fields=frozenset({FieldId("gone.by")})), "lv", WORDS_OF)
    assert "gone:\n- gone.by" in text


def test_every_published_field_has_words_in_both_languages() -> None:
    catalogue = publication.catalogue()
    told = [each for group in WORDS_OF.groups(catalogue.fields) for each in group.fields]
    assert len(told) == len(catalogue.fields)
    assert not [each for each in told if each.en == each.lv]
    assert not [each for each in told if "null" in each.en or "NONE" in each.en]
