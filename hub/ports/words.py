"""What whoever writes to people needs: words for fields and registers."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hub.model.words import FieldGroup, Told


class FieldWords(Protocol):
    """Words for ids; an id that is published no more stands for itself."""

    def register(self, name: str) -> Told:
        """Return a register's title."""

    def groups(self, ids: Collection[str]) -> Sequence[FieldGroup]:
        """Return fields by register, both in the order in which they are published."""
