"""The terms of an agreement document, as they stand on the wire."""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from hub.model.agreement import (
    Agreement,
    LegalBasis,
    OnExcess,
    Operation,
    Oversight,
    Quota,
    Scope,
    Seal,
    Visibility,
)
from hub.model.catalogue import FieldId
from hub.policy.vocabulary import Vocabulary

Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The institution that receives the data."""

    code: Text
    en: Text
    lv: Text


class BasisTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grounds of disclosure."""

    article6: str
    law: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    article9: str | None = None


class ScopeTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose data; every condition given must hold."""

    territories: tuple[Annotated[str, msgspec.Meta(pattern=r"^\d{7}\Z")], ...] = ()
    caseload: bool = False
    case: bool = False


class QuotaTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Distinct subjects in a period."""

    subjects: Count
    period: Literal["day", "month", "year"]


class Validity(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}
):
    """First and last day; no last day while open-ended."""

    start: date
    end: date | None = None


class SealTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the person is not told."""

    ground: Text
    officer: Text
    review: date
    ends: date | None = None


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document; ``hub.model.agreement.Agreement`` explains each term."""

    number: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}\Z")]
    revision: Count
    client: Name
    recipient: Recipient
    service: str
    purpose: str
    basis: BasisTerms
    operations: tuple[Operation, ...]
    fields: tuple[str, ...]
    valid: Validity
    max_subjects: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    controllers: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    cache: bool
    scope: ScopeTerms = ScopeTerms()
    window_months: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    quota: QuotaTerms | None = None
    hours: tuple[int, int] | None = None
    requires: tuple[Literal["case", "official"], ...] = ()
    visibility: Visibility = Visibility.IMMEDIATE
    on_excess: OnExcess = OnExcess.REFUSE
    processors: tuple[Text, ...] = ()
    consent_scope: Name | None = None
    oversight: Oversight | None = None
    visible_after_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0
    seal: SealTerms | None = None


LATER: Final = {"oversight": None, "visible_after_days": 0, "seal": None}
"""Terms younger than the first documents, with defaults that are not written out: what was signed
before there were such terms stays canonical."""


def written(terms: Terms) -> bytes:
    """Return the canonical document: keys sorted, every default present but those of ``LATER``."""
    told = msgspec.to_builtins(terms)
    for name, default in LATER.items():
        if told[name] == default:
            del told[name]
    return msgspec.json.encode(told, order="sorted")


def agreement_of(terms: Terms, hashed: str, vocabulary: Vocabulary) -> Agreement:
    """Return the record the rooms read; ``hashed`` is the document's fingerprint."""
    purpose = vocabulary.purposes[terms.purpose.removeprefix(vocabulary.namespace)]
    basis, scope, quota, seal = terms.basis, terms.scope, terms.quota, terms.seal
    return Agreement(
        number=terms.number,
        revision=terms.revision,
        hash=hashed,
        client=terms.client,
        recipient=terms.recipient.code,
        recipient_en=terms.recipient.en,
        recipient_lv=terms.recipient.lv,
        service=terms.service,
        service_name=vocabulary.services.get(terms.service, ""),
        purpose=terms.purpose,
        purpose_en=purpose.en,
        purpose_lv=purpose.lv,
        basis=LegalBasis(article6=basis.article6, article9=basis.article9, law=basis.law),
        operations=frozenset(terms.operations),
        fields=frozenset(FieldId(path) for path in terms.fields),
        scope=Scope(
            territories=frozenset(scope.territories), caseload=scope.caseload, case=scope.case
        ),
        quota=Quota(subjects=quota.subjects, period=quota.period) if quota else None,
        valid_from=terms.valid.start,
        valid_to=terms.valid.end,
        window_months=terms.window_months,
        hours=terms.hours,
        max_subjects=terms.max_subjects,
        case_required="case" in terms.requires,
        official_required="official" in terms.requires,
        cache=terms.cache,
        visibility=terms.visibility,
        on_excess=terms.on_excess,
        controllers=terms.controllers,
        processors=terms.processors,
        consent_scope=terms.consent_scope,
        oversight=terms.oversight,
        visible_after_days=terms.visible_after_days,
        seal=Seal(ground=seal.ground, officer=seal.officer, review=seal.review, ends=seal.ends)
        if seal
        else None,
    )
