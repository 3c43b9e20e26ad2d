"""Rows and values shown or hidden by what their kind reveals (DESIGN.md invariant 9)."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

from hub.model.catalogue import Category, FieldId, Sensitivity
from schemas.directives import Data


class _Kinded(Protocol):
    @property
    def kind(self) -> Any: ...  # noqa: ANN401 — a source code, or unset


R = TypeVar("R", bound=_Kinded)


class ByValue:
    """Which value classes an agreement needs to see each kind.

    A kind that nobody has classified needs every class there is, and so does one whose column was
    not fetched: what is unknown is never shown by mistake.
    """

    def __init__(self, holder: str, kinds: type[Enum], *, unknown: Enum | None = None) -> None:
        """Read the classes from the published enum.

        Args:
            holder: List or leaf the classes stand at: ``socialInsurance.benefits``.
            kinds: Published enum; its raw values are the source's codes.
            unknown: Its value for kinds the schema does not know.
        """
        classes = {raw: FieldId(f"{holder}#{kind}") for raw, kind in _special(kinds).items()}
        self._every = frozenset(classes.values())
        self._needed: Mapping[object, frozenset[FieldId]] = MappingProxyType(
            {
                member.value: frozenset({classes[member.value]} if member.value in classes else ())
                for member in kinds
                if member is not unknown
            }
        )

    def shows(self, kind: object, granted: Collection[FieldId]) -> bool:
        """Tell whether an agreement with the classes ``granted`` sees a row of ``kind``."""
        return all(needed in granted for needed in self._needed.get(kind, self._every))

    def visible(self, rows: Iterable[R], granted: Collection[FieldId]) -> tuple[R, ...]:
        """Return the rows that an agreement with the classes ``granted`` sees."""
        return tuple(row for row in rows if self.shows(row.kind, granted))


def _special(kinds: type[Enum]) -> Mapping[object, Category]:
    definition: Any = cast("Any", kinds).__strawberry_definition__
    return {
        kinds[value.name].value: directive.category
        for value in definition.values
        for directive in value.directives
        if isinstance(directive, Data) and directive.sensitivity is not Sensitivity.ORDINARY
    }
