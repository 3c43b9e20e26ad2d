"""Desks that answer with reports, wired."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.app.given import Given
from hub.app.identities import RegisterIdentities
from hub.app.policies import retention_terms
from hub.audit.cursor import SealedCursors
from hub.audit.reports.breach import BreachReports
from hub.audit.reports.desk import ReportDesk, SubjectDesk
from hub.audit.reports.person import SubjectReports
from hub.model.catalogue import Category as Kind
from hub.model.catalogue import Manifest
from hub.model.desk import HUB, OFFICERS, PERSON, Post
from hub.model.reports import Category, Source, Words
from hub.model.retention import RetentionTerms
from hub.policy.revisions import KnownRevisions
from hub.policy.vocabulary import Vocabulary
from hub.storage.agreements import AgreementTable
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.exposure import ExposureTable
from hub.storage.log_entries import LogEntries
from hub.storage.tokens import SubjectTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWords:
    """Implements ``hub.ports.reports.Vocabulary`` over the policy folder and the manifests."""

    retention: RetentionTerms
    vocabulary: Vocabulary
    registers: Mapping[str, Manifest]

    def category(self, code: str) -> Category:
        """Return a kind of data in words; those of former versions by their code."""
        known = self.vocabulary.categories.get(Kind(code)) if code in set(Kind) else None
        words = Words(en=known.en, lv=known.lv) if known else Words(en=code, lv=code)
        return Category(code=code, words=words)

    def source(self, register: str) -> Source:
        """Return a register in words; its name alone where it is published no more."""
        known = self.registers.get(register)
        if known is None:
            same = Words(en=register, lv=register)
            return Source(register=register, title=same, controller=same, system="")
        return Source(
            register=register,
            title=Words(en=known.title_en or register, lv=known.title_lv or register),
            controller=Words(en=known.controller_en, lv=known.controller_lv),
            system=known.source,
        )

    def controller(self, code: str) -> Words:
        """Return a controller's names; its code where no register is its own."""
        for known in self.registers.values():
            if known.controller == code:
                return Words(en=known.controller_en, lv=known.controller_lv)
        return Words(en=code, lv=code)

    def purpose(self, iri: str) -> Words:
        """Return a purpose in words."""
        known = self.vocabulary.purposes.get(self.vocabulary.short(iri))
        return Words(en=known.en, lv=known.lv) if known else Words(en=iri, lv=iri)


def report_posts(given: Given, database: Database) -> Mapping[str, Post]:
    """Return the desks by the published names of their root fields.

    Args:
        given: What they are made of.
        database: Connections that only reports use; its patience bounds their statements.
    """
    entries = LogEntries(database)
    consents = ConsentTable(database, SubjectTokens(given.keyring))
    words = PlainWords(
        retention=retention_terms(given.settings.policies_dir),
        vocabulary=given.rules.vocabulary,
        registers=given.rules.catalogue.registers,
    )
    subjects = SubjectDesk(
        entries=entries,
        revisions=KnownRevisions(AgreementTable(given.database), given.rules),
        identities=RegisterIdentities(given.fetch, given.clock, given.rules.version),
        cursors=SealedCursors(given.keyring),
        keyring=given.keyring,
        clock=given.clock,
        reports=SubjectReports(
            entries=entries, consents=consents, words=words, keyring=given.keyring
        ),
    )
    breaches = BreachReports(store=ExposureTable(database), words=words)
    desk = ReportDesk(
        subjects=subjects, breaches=breaches, words=words, acting=lambda: _acting(given)
    )
    return {
        "subjectReport": Post(answer=subjects.subject_report, admits=HUB | PERSON),
        "processingRecords": Post(answer=desk.processing_records, admits=OFFICERS),
        "pastRecipients": Post(answer=desk.past_recipients, admits=HUB),
        "breachReport": Post(answer=desk.breach_report, admits=HUB),
    }


def _acting(given: Given) -> list[tuple[str, int]]:
    today = given.clock.today()
    return [
        (each.number, each.revision)
        for mine in given.book.current().agreements.values()
        for each in mine.values()
        if each.valid_from <= today <= (each.valid_to or today)
    ]
