"""The words agreements may use: purposes, legal bases, categories, services, status fields."""

import csv
import difflib
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import msgspec

from hub.errors import Misconfigured
from hub.model.catalogue import Catalogue, Category, FieldId, Sensitivity
from hub.policy.source import Source, listed, read_yaml, text_of


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term in plain words."""

    en: str
    lv: str


class PurposeTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A purpose of our own and the DPV 2.3 term it narrows."""

    parent: str
    en: str
    lv: str


class CategoryTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category of data and the sensitivity the law gives it."""

    sensitivity: Sensitivity
    en: str
    lv: str


class _Purposes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    namespace: str
    purposes: dict[str, PurposeTerm]


class _Bases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    namespace: str
    article6: dict[str, Words]
    article9: dict[str, Words]


class _Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fields: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything an agreement or a guard rail may name.

    Attributes:
        namespace: What a purpose's short name stands under.
        purposes: Short name to term. ``article6``, ``article9``: DPV's short names of grounds.
        unpublished: Registers known to policy that are never published.
        services: VIRSIS ids, and ``HOLDER-number`` of services without one, to Latvian names.
        status: Leaves that answer a status check: a yes, a date or a token.
    """

    namespace: str
    purposes: Mapping[str, PurposeTerm]
    article6: Mapping[str, Words]
    article9: Mapping[str, Words]
    categories: Mapping[Category, CategoryTerm]
    unpublished: Mapping[str, Words]
    services: Mapping[str, str]
    status: frozenset[FieldId]

    def iri(self, purpose: str) -> str:
        """Return the IRI of ``purpose``, given short or already in full."""
        return f"{self.namespace}{self.short(purpose)}"

    def short(self, purpose: str) -> str:
        """Return the short name of ``purpose``, by which guard rails call it."""
        return purpose.removeprefix(self.namespace)


def read_vocabulary(folder: Traversable, catalogue: Catalogue) -> Vocabulary:
    """Read the words of ``folder``.

    Raises:
        Misconfigured: A file is missing or malformed, or names what the catalogue does not hold.
    """
    purposes = _read(folder, "purposes.yaml").convert(_Purposes)
    bases = _read(folder, "bases.yaml").convert(_Bases)
    categories = _read(folder, "categories.yaml").convert(dict[Category, CategoryTerm])
    if missing := sorted(set(Category) - set(categories)):
        raise Misconfigured([f"categories.yaml:1: `{word}` is not described" for word in missing])
    return Vocabulary(
        namespace=purposes.namespace,
        purposes=purposes.purposes,
        article6=bases.article6,
        article9=bases.article9,
        categories=categories,
        unpublished=_read(folder, "unpublished.yaml").convert(dict[str, Words]),
        services=_services(folder / "catalogue"),
        status=_status(folder / "status", catalogue),
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming what ``word`` may have meant, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; nearest is `{close[0]}`" if close else ""


def _read(folder: Traversable, name: str) -> Source:
    return read_yaml(name, text_of(folder / name))


def _services(folder: Traversable) -> dict[str, str]:
    services: dict[str, str] = {}
    for name, text in listed(folder, ".csv"):
        rows = csv.DictReader(io.StringIO(text))
        if list(rows.fieldnames or ()) != ["holder", "number", "name_lv", "virsis_id"]:
            raise Misconfigured([f"{name}:1: columns are holder,number,name_lv,virsis_id"])
        for row in rows:
            services[row["virsis_id"] or f"{row['holder']}-{row['number']}"] = row["name_lv"]
    return services


def _status(folder: Traversable, catalogue: Catalogue) -> frozenset[FieldId]:
    known: Collection[FieldId] = catalogue.fields.keys()
    named: set[FieldId] = set()
    problems = []
    for name, text in listed(folder, ".yaml"):
        source = read_yaml(name, text)
        for place, path in enumerate(source.convert(_Status).fields):
            named.add(FieldId(path))
            if path not in known:
                sentence = f"`{path}` is not published{nearest(path, known)}"
                problems.append(source.problem(f"$.fields[{place}]", sentence))
    if problems:
        raise Misconfigured(problems)
    return frozenset(named)
