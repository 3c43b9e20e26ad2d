"""Who may see what for which purpose: the matrix and the explanation, as rows to print."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from hub.model.agreement import Agreement, Operation
from hub.model.catalogue import Category, FieldId, Sensitivity
from hub.model.decision import Verdict
from hub.policy.book import Book
from hub.policy.decisions import CONSENT_NEEDED, GRANTED
from hub.policy.permits import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One agreement, one kind of operation, one field: its verdict and rule."""

    client: str
    agreement: str
    revision: int
    purpose: str
    purpose_en: str
    purpose_lv: str
    article6: str
    article9: str
    operation: str
    register: str
    field: str
    category: str
    sensitivity: str
    verdict: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One agreement and one register: what is granted, for a table that fits a screen."""

    client: str
    agreement: str
    purpose: str
    basis: str
    operations: str
    register: str
    fields: str


def matrix(
    book: Book,
    *,
    client: str | None = None,
    agreement: str | None = None,
    verdicts: Collection[str] | None = None,
) -> Iterator[MatrixRow]:
    """Yield every decision of ``book``, ordered by client, agreement, operation, field.

    Args:
        book: Agreements to decide; in force or not.
        client: Only this client's.
        agreement: Only the one of this number.
        verdicts: Only these: ``granted``, ``consent_needed``, ``field_not_in_agreement``,
            ``field_forbidden``. By default what is granted, with or without consent.

    Raises:
        ServiceUnavailable: ``policy_unavailable``.
    """
    wanted = frozenset((GRANTED, CONSENT_NEEDED) if verdicts is None else verdicts)
    for terms, action in _decided(book, client):
        if agreement not in {None, terms.number}:
            continue
        found = book.decision(terms, action).verdicts
        for path in sorted(found):
            if found[path].code in wanted:
                yield _row(book, terms, action, found[path])


def summary(book: Book, *, client: str | None = None) -> Iterator[SummaryRow]:
    """Yield one row per agreement and register, free fields left out; the text table."""
    for name, agreements in sorted(book.agreements.items()):
        if client not in {None, name}:
            continue
        for agreement in agreements.values():
            granted = _granted(book, agreement)
            for register in sorted(granted) or [""]:
                yield _summary(book, agreement, register, granted.get(register, ()))


def columns(row_type: type[MatrixRow] | type[SummaryRow]) -> tuple[str, ...]:
    """Return the column names of a row, in order: the header of CSV."""
    return tuple(each.name for each in fields(row_type))


def explanation(verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    """Return the rows of ``hub policy explain``."""
    return [
        {
            "field": each.field,
            "verdict": each.code,
            "rule": each.rule,
            "reason_en": each.en,
            "reason_lv": each.lv,
        }
        for each in verdicts
    ]


def _decided(book: Book, client: str | None) -> Iterator[tuple[Agreement, Operation]]:
    for name, agreements in sorted(book.agreements.items()):
        if client in {None, name}:
            for agreement in agreements.values():
                for action in ACTIONS:
                    if action in agreement.operations:
                        yield agreement, action


def _row(book: Book, agreement: Agreement, action: Operation, verdict: Verdict) -> MatrixRow:
    field = book.rules.catalogue.fields[verdict.field]
    return MatrixRow(
        client=agreement.client,
        agreement=agreement.number,
        revision=agreement.revision,
        purpose=book.rules.vocabulary.short(agreement.purpose),
        purpose_en=agreement.purpose_en,
        purpose_lv=agreement.purpose_lv,
        article6=agreement.basis.article6,
        article9=agreement.basis.article9 or "",
        operation=action.value,
        register=field.register,
        field=field.id,
        category=Category(field.category).value,
        sensitivity=Sensitivity(field.sensitivity).value,
        verdict=verdict.code,
        rule=verdict.rule,
    )


def _granted(book: Book, agreement: Agreement) -> Mapping[str, Sequence[FieldId]]:
    """Return granted fields by register, whatever the operation."""
    known = book.rules.catalogue.fields
    granted: dict[str, set[FieldId]] = {}
    for action in ACTIONS:
        if action in agreement.operations:
            for path in book.decision(agreement, action).allowed:
                if not known[path].free:
                    granted.setdefault(known[path].register, set()).add(path)
    return {register: sorted(paths) for register, paths in granted.items()}


def _summary(
    book: Book, agreement: Agreement, register: str, granted: Sequence[FieldId]
) -> SummaryRow:
    basis = agreement.basis
    consent = " (consent)" if basis.is_consent else ""
    return SummaryRow(
        client=agreement.client,
        agreement=f"{agreement.number}/{agreement.revision}",
        purpose=book.rules.vocabulary.short(agreement.purpose),
        basis=" ".join(filter(None, (basis.article6, basis.article9))) + consent,
        operations=" ".join(sorted(agreement.operations)),
        register=register,
        fields=" ".join(path.removeprefix(f"{register}.") for path in granted),
    )
