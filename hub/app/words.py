"""Words for fields and registers: from the published schema, manifests and the policy folder."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Final

from hub.app import publication
from hub.model.catalogue import Catalogue, Category, FieldId
from hub.model.words import FieldGroup, Told
from hub.plan.catalogue import words_of
from hub.policy.source import packaged
from hub.policy.vocabulary import read_vocabulary

_PERSON: Final = Told(en="Of the person", lv="Par personu")
_ROWS: Final = Told(en="{}, also where it tells of: {}", lv="{}, arī ja tas atklāj šādus datus: {}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWords:
    """Implements ``hub.ports.words.FieldWords``.

    Attributes:
        words: Of every published leaf and of whatever holds leaves, by its path.
        categories: Kinds of data in words.
    """

    catalogue: Catalogue
    words: Mapping[str, Told]
    categories: Mapping[Category, Told]

    def register(self, name: str) -> Told:
        """Return the register's title."""
        known = self.catalogue.registers.get(name)
        if known is None:
            return Told(en=name, lv=name) if name else _PERSON
        return Told(en=known.title_en or name, lv=known.title_lv or name)

    def groups(self, ids: Collection[str]) -> Sequence[FieldGroup]:
        """Return fields by register; those published no more come last."""
        order = {field: place for place, field in enumerate(self.catalogue.fields)}
        found: dict[str, list[Told]] = {}
        for each in sorted(ids, key=lambda field: (order.get(FieldId(field), len(order)), field)):
            field = self.catalogue.fields.get(FieldId(each))
            register = field.register if field else each.partition(".")[0]
            found.setdefault(register, []).append(self._field(each))
        return [FieldGroup(self.register(name), told) for name, told in found.items()]

    def _field(self, id_: str) -> Told:
        path, _, category = id_.partition("#")
        known = self.words.get(path, Told(en=id_, lv=id_))
        if not category or path not in self.words or category not in set(Category):
            return known
        kind = self.categories[Category(category)]
        return Told(en=_ROWS.en.format(known.en, kind.en), lv=_ROWS.lv.format(known.lv, kind.lv))


def published_words(folder: Traversable | None) -> PublishedWords:
    """Return words for what is published.

    Args:
        folder: Policy folder; None for the one packaged with the hub.

    Raises:
        Misconfigured: The folder's words are missing or malformed.
    """
    catalogue = publication.catalogue()
    vocabulary = read_vocabulary(folder or packaged(), catalogue)
    return PublishedWords(
        catalogue=catalogue,
        words=_words(),
        categories={
            kind: Told(en=term.en, lv=term.lv) for kind, term in vocabulary.categories.items()
        },
    )


@cache
def _words() -> Mapping[str, Told]:
    return words_of(publication.schema())
