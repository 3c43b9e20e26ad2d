"""What is wrong with an agreement although every term has the right type."""

from collections.abc import Iterator, Mapping, Sequence

from hub.model.agreement import Operation, Visibility
from hub.model.catalogue import Catalogue, FieldId, Sensitivity
from hub.policy.terms import Terms
from hub.policy.vocabulary import Vocabulary, nearest

CONSENT = "A6-1-a"
HOURS = 24
HOUSEHOLD = 50
"""Most persons one request may ask about without the operation ``batch``."""


def contradictions(
    terms: Terms, vocabulary: Vocabulary, catalogue: Catalogue
) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for all that the types alone cannot hold."""
    yield from _unknown_words(terms, vocabulary)
    yield from _field_problems(terms, vocabulary, catalogue)
    yield from _controller_problems(terms, catalogue)
    yield from _inner_problems(terms)


def _unknown_words(terms: Terms, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    basis = terms.basis
    if not terms.purpose.startswith(vocabulary.namespace):
        yield "$.purpose", f"a purpose is a term of `{vocabulary.namespace}`"
    words: Sequence[tuple[str, str | None, Mapping[str, object]]] = (
        ("$.purpose", terms.purpose.removeprefix(vocabulary.namespace), vocabulary.purposes),
        ("$.basis.article6", basis.article6, vocabulary.article6),
        ("$.basis.article9", basis.article9, vocabulary.article9),
        ("$.service", terms.service, vocabulary.services),
    )
    for path, word, known in words:
        if word is not None and word not in known:
            yield path, f"`{word}` is not a known {path.rpartition('.')[2]}{nearest(word, known)}"


def _field_problems(
    terms: Terms, vocabulary: Vocabulary, catalogue: Catalogue
) -> Iterator[tuple[str, str]]:
    for path in terms.fields:
        known = catalogue.fields.get(FieldId(path))
        if known is None or known.free:
            yield "$.fields", f"`{path}` cannot be granted{nearest(path, catalogue.fields)}"
        elif _is_status_only(terms) and path not in vocabulary.status:
            yield "$.fields", f"`{path}` does not answer a status check, and no more is granted"
        elif known.sensitivity is Sensitivity.SPECIAL and terms.basis.article9 is None:
            yield "$.fields", f"`{path}` is of a special category and needs `basis.article9`"
    if terms.operations and not terms.fields:
        yield "$.fields", "an agreement with operations grants at least one field"


def _controller_problems(terms: Terms, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    # INVARIANT: whose data are granted must be among the signatories, or a row written past
    # them could name nobody and so need nobody's signature.
    for path in terms.fields:
        known = catalogue.fields.get(FieldId(path))
        owner = catalogue.registers[known.register].controller if known else None
        if owner and owner not in terms.controllers:
            yield "$.controllers", f"`{owner}` answers for `{path}` and must be named"


def _inner_problems(terms: Terms) -> Iterator[tuple[str, str]]:
    yield from _time_problems(terms)
    yield from _visibility_problems(terms)
    if terms.oversight and (terms.operations or terms.fields):
        yield "$.oversight", "who oversees the log is granted no register's field"
    if terms.scope.case and "case" not in terms.requires:
        yield "$.requires", "a case bounds the scope, so `case` must be required"
    if terms.visibility is Visibility.SEALED and terms.cache:
        yield "$.cache", "a sealed agreement shares no cache"
    if terms.max_subjects > HOUSEHOLD and Operation.BATCH not in terms.operations:
        yield "$.max_subjects", f"more than {HOUSEHOLD} persons need the operation `batch`"
    if (terms.basis.article6 == CONSENT) != (terms.consent_scope is not None):
        yield "$.consent_scope", "consent as the basis and `consent_scope` go together"
    for path, values in (("$.fields", terms.fields), ("$.controllers", terms.controllers)):
        if len(set(values)) != len(values):
            yield path, "something stands twice"


def _time_problems(terms: Terms) -> Iterator[tuple[str, str]]:
    end, hours = terms.valid.end, terms.hours
    if end is not None and end < terms.valid.start:
        yield "$.valid.to", "the agreement ends before it begins"
    if hours is not None and not 0 <= hours[0] < hours[1] <= HOURS:
        yield "$.hours", "hours are two numbers from 0 to 24, the first smaller"


def _visibility_problems(terms: Terms) -> Iterator[tuple[str, str]]:
    if (terms.visibility is Visibility.SEALED) != (terms.seal is not None):
        yield "$.seal", "a sealed agreement, and no other, says why it is sealed"
    if (terms.visibility is Visibility.DELAYED) != (terms.visible_after_days > 0):
        yield "$.visible_after_days", "a delayed agreement, and no other, says by how many days"


def _is_status_only(terms: Terms) -> bool:
    return Operation.STATUS in terms.operations and Operation.RECORD not in terms.operations
