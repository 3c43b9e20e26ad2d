"""Printed reports: well-formed, accessible, escaped, and asking for nothing outside themselves."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from hub.app.words import published_words
from hub.audit.reports.pages import LANGUAGES, document, page
from hub.audit.reports.processing import MEASURES
from hub.audit.reports.texts import TEXTS
from hub.model.reports import (
    BreachOf,
    BreachReport,
    Category,
    ConsentLine,
    Exposure,
    PastRecipient,
    ProcessingRecord,
    ProcessingReport,
    PurposeUse,
    RecipientsReport,
    Report,
    ReportedUse,
    Source,
    StopLine,
    SubjectReport,
    TreeSize,
    Words,
)
from hub.model.retention import RetentionTerms
from hub.model.usage import Disclosed, RegisterUse, Use
from tests.unit.audit.making import code

EVIL = "<script>alert(1)</script>\"'&<img src=//evil.example/x>"
PUBLISHED = published_words(None)
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORDS = Words(en=f"en {EVIL}", lv=f"lv {EVIL}")
KIND = Category(code="HEALTH", words=WORDS)
SOURCE = Source(register="disability", title=WORDS, controller=WORDS, system=EVIL)
TERMS = RetentionTerms(years=5, law=(EVIL,), en=EVIL, lv=EVIL)
USE = Use(
    at=AT,
    recipient=EVIL,
    recipient_en=f"en {EVIL}",
    recipient_lv=f"lv {EVIL}",
    system=EVIL,
    purpose=EVIL,
    purpose_en=f"en {EVIL}",
    purpose_lv=f"lv {EVIL}",
    basis_en=(EVIL,),
    basis_lv=(EVIL,),
    by_consent=True,
    consent=EVIL,
    registers=[RegisterUse(register=EVIL, disclosed=each) for each in Disclosed],
    categories=("HEALTH", EVIL),
    mentioned=True,
)
SUBJECT = SubjectReport(
    person=code(1),
    at=AT,
    uses=[ReportedUse(use=USE, told=True), ReportedUse(use=USE, told=False)],
    more=True,
    purposes=[
        PurposeUse(
            iri=EVIL,
            words=WORDS,
            recipients=[WORDS],
            categories=[KIND],
            basis_en=(EVIL,),
            basis_lv=(EVIL,),
            uses=2,
        )
    ],
    sources=[SOURCE],
    consents=[
        ConsentLine(
            record=EVIL,
            agreement=EVIL,
            recipient=WORDS,
            purpose=WORDS,
            state="given",
            at=AT,
            expires_at=None,
        )
    ],
    stops=[
        StopLine(kind="restriction", purpose=None, state="assessed", begun_at=AT),
        StopLine(kind="objection", purpose=WORDS, state=EVIL, begun_at=AT),
    ],
    retention=TERMS,
)
PROCESSING = ProcessingReport(
    at=AT,
    records=[
        ProcessingRecord(
            agreement=EVIL,
            revision=1,
            service=EVIL,
            controllers=[WORDS],
            processors=(EVIL,),
            recipient_code=EVIL,
            recipient=WORDS,
            purpose=WORDS,
            basis_en=(EVIL,),
            basis_lv=(EVIL,),
            categories=[KIND],
            registers=[SOURCE],
            subjects=WORDS,
            limits=WORDS,
            valid_from=date(2026, 1, 1),
            valid_to=None,
        )
    ],
    retention=TERMS,
    measures=MEASURES,
)
RECIPIENTS = RecipientsReport(
    person=code(1),
    at=AT,
    register=SOURCE,
    fields=(EVIL,),
    since=AT,
    recipients=[
        PastRecipient(
            code=EVIL,
            recipient=WORDS,
            client=EVIL,
            agreement=EVIL,
            purpose=WORDS,
            fields=(EVIL,),
            first=AT,
            last=AT,
            times=3,
            told=False,
        )
    ],
    more=True,
)
BREACH = BreachReport(
    at=AT,
    known_at=AT,
    notify_by=AT,
    of=BreachOf(client=EVIL, agreement=EVIL, key_year=2026, start=AT, end=AT),
    persons=1,
    unreadable=1,
    entries=2,
    exposures=[
        Exposure(
            agreement=EVIL,
            revision=1,
            client=EVIL,
            recipient=WORDS,
            purpose=WORDS,
            registers=(EVIL,),
            categories=[KIND],
            fields=(EVIL,),
            persons=1,
            entries=2,
            first=AT,
            last=AT,
        )
    ],
    log=[TreeSize(year=2026, size=2)],
    codes=[code(1)],
)
EMPTY = SubjectReport(
    person=code(1),
    at=AT,
    uses=(),
    more=False,
    purposes=(),
    sources=(),
    consents=(),
    stops=(),
    retention=TERMS,
)
REPORTS = {
    "person": SUBJECT,
    "processing": PROCESSING,
    "recipients": RECIPIENTS,
    "breach": BREACH,
    "nothing known": EMPTY,
    "nothing in force": ProcessingReport(at=AT, records=(), retention=TERMS, measures=()),
}
VOID = {"meta", "br", "img", "link"}


class Reading(HTMLParser):
    """A page as a reader meets it: elements, their attributes, whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.met: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def every(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.met if tag in tags]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
class TestEveryPage:
    def test_it_is_accessible(self, report: Report, language: str) -> None:
        reading = Reading(page(report, language, PUBLISHED))
        assert reading.every("html") == [{"lang": language}]
        assert len(reading.every("title")) == len(reading.every("h1")) == 1
        assert len(reading.every("main")) == 1
        assert len(reading.every("caption")) == len(reading.every("table"))
        assert {each.get("scope") for each in reading.every("th")} <= {"col", "row"}
        levels = [int(tag[1]) for tag, _ in reading.met if re.fullmatch(r"h[1-6]", tag)]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        ids = [attributes["id"] for _, attributes in reading.met if "id" in attributes]
        assert len(ids) == len(set(ids))

    def test_what_partners_and_registers_wrote_stays_text(
        self, report: Report, language: str
    ) -> None:
        told = page(report, language, PUBLISHED)
        reading = Reading(told)
        assert not reading.every("script", "img", "link", "iframe", "object", "form", "a")
        assert not [n for _, attributes in reading.met for n in attributes if n.startswith("on")]
        assert "<script" not in told

    def test_it_asks_for_nothing_outside(self, report: Report, language: str) -> None:
        reading = Reading(page(report, language, PUBLISHED))
        named = {name for _, attributes in reading.met for name in attributes}
        assert not named & {"src", "href", "srcset", "action", "background", "style"}
        assert "url(" not in "".join(reading.text)
        assert "@import" not in "".join(reading.text)


def test_names_stand_in_the_pages_language() -> None:
    for language, other in (("en", "lv"), ("lv", "en")):
        told = "".join(Reading(page(SUBJECT, language, PUBLISHED)).text)
        assert f"{language} {EVIL}" in told
        assert f"{other} {EVIL}" not in told
        assert TEXTS[language]["not_told"] in told
        assert "2026-11-20 14:00" in told  # Rīga


@pytest.mark.parametrize(
    ("language", "register", "field"),
    [
        ("lv", "Sociālās apdrošināšanas informācijas sistēma", "faktiskie maksājumi"),
        ("en", "Social insurance administration information system", "Payments for months"),
    ],
)
def test_registers_and_fields_stand_in_words(language: str, register: str, field: str) -> None:
    id_ = "socialInsurance.benefits.payments.net"
    exposure = replace(BREACH.exposures[0], registers=("socialInsurance",), fields=(id_,))
    recipient = replace(RECIPIENTS.recipients[0], fields=(id_,))
    reports: list[Report] = [
        replace(BREACH, exposures=[exposure]),
        replace(RECIPIENTS, recipients=[recipient], fields=("socialInsurance.benefits",)),
    ]
    for report in reports:
        told = page(report, language, PUBLISHED)
        assert told.count(register) == 2
        assert field in told
        assert "socialInsurance" not in told


def test_english_pages_mark_what_is_cited_in_latvian() -> None:
    law = "VDAR 15. panta 1. punkts"
    terms = replace(TERMS, law=(law,))
    record = replace(
        PROCESSING.records[0], basis_en=("legal duty", law), basis_lv=("pienākums", law)
    )
    report = replace(PROCESSING, records=[record], retention=terms)
    english, latvian = page(report, "en", PUBLISHED), page(report, "lv", PUBLISHED)
    assert f'<li>legal duty</li><li lang="lv">{law}</li>' in english
    assert f'<span lang="lv">{law}</span>' in english
    assert "<li>pienākums</li>" in latvian
    assert TEXTS["en"]["cited"] in "".join(Reading(english).text)
    assert TEXTS["lv"]["cited"] not in "".join(Reading(latvian).text)


def test_json_holds_both_languages_and_instants_in_utc() -> None:
    told: Any = json.loads(document(SUBJECT))
    assert told["person"] == code(1)
    assert told["purposes"][0]["words"] == {"en": WORDS.en, "lv": WORDS.lv}
    assert told["at"] == "2026-11-20T12:00:00Z"
    assert json.loads(document(BREACH))["codes"] == [code(1)]


def test_every_text_speaks_both_languages() -> None:
    assert set(TEXTS["en"]) == set(TEXTS["lv"])
    assert all(TEXTS["en"].values())
    assert all(TEXTS["lv"].values())
    assert not {n for n, text in TEXTS["lv"].items() if text == TEXTS["en"][n]}
