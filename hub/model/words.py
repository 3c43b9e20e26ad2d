"""Fields and registers in plain words, for those who are not told in ids."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """The same in both languages."""

    en: str
    lv: str

    def of(self, language: str) -> str:
        """Return it in ``lv`` or ``en``."""
        return self.lv if language == "lv" else self.en


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """What is opened of one register.

    Attributes:
        register: Its title. ``fields``: one for each field, in the order the schema has them.
    """

    register: Told
    fields: Sequence[Told]
