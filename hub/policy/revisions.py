"""Every revision there ever was, read once each: a revision never changes."""

from collections.abc import Mapping
from typing import Final

import msgspec
import structlog

from hub.errors import Misconfigured
from hub.model.agreement import Agreement
from hub.model.catalogue import Category
from hub.model.revision import Revision
from hub.policy.cedar import Rules
from hub.policy.documents import fingerprint, read_document
from hub.policy.terms import Terms, agreement_of
from hub.policy.vocabulary import PurposeTerm, Vocabulary
from hub.ports import StoredAgreement
from hub.ports.accountability import RevisionStore

_LOG: Final = structlog.get_logger("hub.policy")


class KnownRevisions:
    """Implements ``hub.ports.accountability.Revisions``; reads again when versions move.

    Revisions that would no longer act are read too: entries made under them stay.
    """

    def __init__(self, store: RevisionStore, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._version: int | None = None
        self._known: Mapping[tuple[str, int], Revision] = {}

    async def known(self) -> Mapping[tuple[str, int], Revision]:
        """Return revisions by number and revision; one statement while nothing changed.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """
        version = await self._store.version()
        if version != self._version:
            known = dict(self._known)
            for row in await self._store.all():
                key = (row.number, row.revision)
                if key not in known and (read := self._read(row)) is not None:
                    known[key] = read
            self._known, self._version = known, version
        return self._known

    def _read(self, row: StoredAgreement) -> Revision | None:
        agreement = terms_of(row, self._rules)
        if agreement is None:
            _LOG.error("revision_unreadable", agreement=row.number, revision=row.revision)
            return None
        return revision_of(agreement, self._rules)


def terms_of(row: StoredAgreement, rules: Rules) -> Agreement | None:
    """Return the terms of a revision, be it that it contradicts the rules of today.

    What no longer stands in the vocabulary keeps its short name. None where it is no document.
    """
    words, name = rules.vocabulary, f"{row.number}/{row.revision}"
    try:
        return read_document(name, row.document, words, rules.catalogue)
    except Misconfigured:
        pass
    try:
        terms = msgspec.json.decode(row.document, type=Terms)
    except msgspec.DecodeError:
        return None
    return agreement_of(terms, fingerprint(row.document), _extended(words, terms.purpose))


def revision_of(agreement: Agreement, rules: Rules) -> Revision:
    """Return the revision with grounds in plain words and kinds of data."""
    words, basis = rules.vocabulary, agreement.basis
    grounds = [words.article6.get(basis.article6)]
    grounds += [words.article9.get(basis.article9)] if basis.article9 else []
    named = [basis.article6, *([basis.article9] if basis.article9 else [])]
    return Revision(
        agreement=agreement,
        basis_en=tuple(w.en if w else n for w, n in zip(grounds, named, strict=True)) + basis.law,
        basis_lv=tuple(w.lv if w else n for w, n in zip(grounds, named, strict=True)) + basis.law,
        categories=frozenset(_categories(agreement, rules)),
    )


def _categories(agreement: Agreement, rules: Rules) -> set[Category]:
    known = rules.catalogue.fields
    return {known[each].category for each in agreement.fields if each in known} | {
        Category(each.rpartition("#")[2])
        for each in agreement.fields
        if "#" in each and each not in known
    }


def _extended(words: Vocabulary, purpose: str) -> Vocabulary:
    """Return the vocabulary with a purpose that it no longer has, under its short name."""
    short = words.short(purpose)
    if short in words.purposes:
        return words
    term = PurposeTerm(parent="", en=short, lv=short)
    return Vocabulary(
        namespace=words.namespace,
        purposes={**words.purposes, short: term},
        article6=words.article6,
        article9=words.article9,
        categories=words.categories,
        unpublished=words.unpublished,
        services=words.services,
        status=words.status,
    )
