"""What reports need of other rooms."""

from collections.abc import Sequence
from typing import Protocol

from hub.model.reports import (
    BreachOf,
    Category,
    ExposedPerson,
    ExposedRow,
    Source,
    TreeSize,
    Words,
)
from hub.model.retention import RetentionTerms


class ExposureStore(Protocol):
    """What left in a breach; raises ``audit_unavailable``.

    ``log`` is what each answer is drawn from, so that answers given one after another agree.
    """

    async def sizes(self) -> Sequence[TreeSize]:
        """Return every year's tree as it is now."""

    async def rows(self, of: BreachOf, log: Sequence[TreeSize]) -> Sequence[ExposedRow]:
        """Return entries by agreement, revision and fields; one statement."""

    async def counts(self, of: BreachOf, log: Sequence[TreeSize]) -> tuple[int, int, int]:
        """Return persons (each once a year of the log), entries whose person nobody can tell any
        more, and entries; one statement.
        """  # noqa: D205 — one sentence

    async def persons(
        self,
        of: BreachOf,
        log: Sequence[TreeSize],
        after: tuple[int, bytes] | None,
        most: int,
    ) -> Sequence[ExposedPerson]:
        """Return persons in the order of year and index, those after a place."""


class Vocabulary(Protocol):
    """Plain words for what entries and agreements name shortly."""

    @property
    def retention(self) -> RetentionTerms:
        """How long the log is kept."""

    def category(self, code: str) -> Category:
        """Return a kind of data in words."""

    def source(self, register: str) -> Source:
        """Return a register in words; its name alone where it is published no more."""

    def controller(self, code: str) -> Words:
        """Return a controller's names; its code where no register is its own."""

    def purpose(self, iri: str) -> Words:
        """Return a purpose in words."""
