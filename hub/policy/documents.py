"""Agreement documents: what an officer writes, what controllers sign, what the hub acts on.

A *draft* is YAML with comments, a field tree with wildcards and short purpose names. The
*document* made from it is canonical JSON: every leaf written out, every default present, keys
sorted. Controllers sign the document, the store keeps it, and only a document is acted on.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec

from hub.errors import Misconfigured
from hub.model.agreement import Agreement
from hub.model.catalogue import Catalogue, FieldId
from hub.policy.contradictions import contradictions
from hub.policy.fieldtree import expand
from hub.policy.source import Source, listed, read_yaml
from hub.policy.terms import Terms, agreement_of, written
from hub.policy.vocabulary import Vocabulary

EVERYBODY: Final = "*"
"""In place of a draft's controllers: whoever answers for a field it grants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDocument:
    """A validated revision and the bytes that controllers sign."""

    agreement: Agreement
    document: bytes


def load_documents(
    folder: Traversable, vocabulary: Vocabulary, catalogue: Catalogue
) -> list[AgreementDocument]:
    """Read every draft of ``folder``, ordered by number.

    Args:
        folder: Holds ``*.yaml``, one agreement each.
        vocabulary: Words a draft may use.
        catalogue: What its wildcards are expanded against.

    Raises:
        Misconfigured: Every problem of every file, each with file and line.
    """
    documents: dict[str, AgreementDocument] = {}
    problems: list[str] = []
    for name, text in listed(folder, ".yaml"):
        try:
            found = read_draft(name, text, vocabulary, catalogue)
        except Misconfigured as wrong:
            problems += wrong.problems
            continue
        if documents.setdefault(found.agreement.number, found) is not found:
            problems.append(f"{name}:1: `{found.agreement.number}` is another file's number")
    if problems:
        raise Misconfigured(problems)
    return [documents[number] for number in sorted(documents)]


def read_draft(
    name: str, text: str, vocabulary: Vocabulary, catalogue: Catalogue
) -> AgreementDocument:
    """Read one draft and write its fields and purpose out in full.

    Raises:
        Misconfigured: As ``load_documents``.
    """
    draft = read_yaml(name, text)
    if not isinstance(draft.value, dict):
        raise Misconfigured([f"{name}:1: an agreement is one mapping"])
    terms = dict[str, Any](draft.value)
    problems: list[str] = []
    if "fields" in terms:
        fields, problems = expand(draft, terms["fields"], catalogue)
        terms["fields"] = sorted(fields)
        if terms.get("controllers") == EVERYBODY:
            terms["controllers"] = _answerable(fields, catalogue)
    if isinstance(purpose := terms.get("purpose"), str):
        terms["purpose"] = vocabulary.iri(purpose)
    source = Source(name=name, value=terms, lines=draft.lines)
    if problems:
        raise Misconfigured(problems)
    return _settled(source, vocabulary, catalogue)


def read_document(
    name: str, document: bytes, vocabulary: Vocabulary, catalogue: Catalogue
) -> Agreement:
    """Read one kept document; nothing in it is expanded.

    Args:
        name: How problems name it.
        document: Canonical JSON, as signed.
        vocabulary: Words it may use.
        catalogue: What it may grant.

    Raises:
        Misconfigured: Not JSON, not canonical, or not a valid agreement.
    """
    try:
        value = msgspec.json.decode(document)
    except msgspec.DecodeError:
        raise Misconfigured([f"{name}:1: not JSON"]) from None
    settled = _settled(Source(name=name, value=value, lines={}), vocabulary, catalogue)
    if settled.document != document:
        raise Misconfigured([f"{name}:1: not in canonical form"])
    return settled.agreement


def fingerprint(document: bytes) -> str:
    """Return the SHA-256 of a canonical document, hexadecimal."""
    return hashlib.sha256(document).hexdigest()


def _settled(source: Source, vocabulary: Vocabulary, catalogue: Catalogue) -> AgreementDocument:
    terms = source.convert(Terms)
    if problems := [
        source.problem(path, sentence)
        for path, sentence in contradictions(terms, vocabulary, catalogue)
    ]:
        raise Misconfigured(problems)
    document = written(terms)
    return AgreementDocument(
        agreement=agreement_of(terms, fingerprint(document), vocabulary), document=document
    )


def _answerable(fields: Iterable[FieldId], catalogue: Catalogue) -> list[str]:
    registers = {catalogue.fields[path].register for path in fields}
    return sorted({catalogue.registers[name].controller for name in registers if name})
