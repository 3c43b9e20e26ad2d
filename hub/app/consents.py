"""The portal's desk of consents, wired."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.audit.cursor import SealedCursors
from hub.consent.about import LookUp, Residences, Speaking
from hub.consent.portal import PortalDesk
from hub.consent.views import Views
from hub.model.agreement import Agreement
from hub.model.catalogue import Catalogue
from hub.model.desk import PERSON, DeskQuestion, Post
from hub.model.personal_code import PersonalCode
from hub.policy.book import Book
from hub.policy.engine import acquainting
from hub.ports import Clock, Fetch, Keyring
from hub.ports.words import FieldWords
from hub.storage.consent_uses import ConsentUseTable
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """What the desk is made of.

    Attributes:
        database: Where words are kept, and the log's projection is read.
        book: Agreements in force.
    """

    database: Database
    keyring: Keyring
    fetch: Fetch
    book: Callable[[], Book]
    catalogue: Catalogue
    clock: Clock
    words: FieldWords


def consent_posts(given: Consulted) -> Mapping[str, Post]:
    """Return the desk's posts by the published names of their root fields."""
    find = _finder(given)
    store = ConsentTable(given.database, SubjectTokens(given.keyring))
    portal = PortalDesk(
        store=store,
        uses=ConsentUseTable(given.database),
        speaking=Speaking(_look_up(given), given.clock),
        views=Views(store=store, find=find, catalogue=given.catalogue, clock=given.clock),
        find=find,
        cursors=SealedCursors(given.keyring),
        clock=given.clock,
        words=given.words,
    )
    asked = {
        "myConsents": portal.my_consents,
        "consentDisclosures": portal.consent_disclosures,
        "consentNotice": portal.consent_notice,
    }
    said = {
        "giveConsent": portal.give,
        "refuseConsent": portal.refuse,
        "withdrawConsent": portal.withdraw,
        "objectTo": portal.object_to,
        "withdrawObjection": portal.withdraw_objection,
        "restrictProcessing": portal.restrict,
        "liftRestriction": portal.lift_restriction,
    }
    return {name: Post(answer=answer, admits=PERSON) for name, answer in asked.items()} | {
        name: Post(answer=answer, admits=PERSON, decision="consent")
        for name, answer in said.items()
    }


def _finder(given: Consulted) -> Callable[[str], Agreement | None]:
    def find(number: str) -> Agreement | None:
        """Return an agreement whose days cover today, at any hour, whoever's it is."""
        today = given.clock.today()
        for mine in given.book().agreements.values():
            known = mine.get(number)
            if known and known.valid_from <= today <= (known.valid_to or today):
                return known
        return None

    return find


def _look_up(given: Consulted) -> LookUp:
    async def look_up(question: DeskQuestion, codes: Sequence[PersonalCode]) -> Residences | None:
        version = given.book().rules.version
        permit = acquainting(question.caller, question.operation_id, version)
        return await given.fetch.residences(permit, codes)

    return look_up
