"""What resolvers read, made up: the same answer to the same question, however often asked."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.model.evidence import Absence
from hub.model.personal_code import PersonalCode

Key = tuple[tuple[str, object], ...]


@dataclass(slots=True, kw_only=True)
class Raised:
    """A part that cannot be read at all."""

    error: Exception


@dataclass(slots=True, kw_only=True)
class StandIn:
    """Stands in for ``hub.ports.Answers``.

    Attributes:
        pools: Register to what its parts may be.
        failing: Registers of which nobody has a part.
        missing: What absences of a person may be.
        same: Codes that name the person another code names.
        withheld: Parts, by register and arguments, of which nothing is granted.
    """

    pools: Mapping[str, Sequence[Any]]
    failing: frozenset[str] = frozenset()
    missing: Sequence[Sequence[Absence]] = ((),)
    same: Mapping[str, str] = field(default_factory=dict)
    catalogue: Any = None
    agreements: Sequence[Any] = ()
    used: Mapping[str, int] = field(default_factory=dict)

    def part(self, code: PersonalCode, register: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 — the published types differ
        if register in self.failing:
            return None
        pool = self.pools[register]
        found = pool[_number(code, register, arguments_key(arguments)) % len(pool)]
        if isinstance(found, Raised):
            raise found.error
        return found

    def absences(self, code: PersonalCode) -> Sequence[Absence]:
        return self.missing[_number(code) % len(self.missing)]

    def distinct(self, codes: Sequence[PersonalCode]) -> list[PersonalCode]:
        kept: dict[str, PersonalCode] = {}
        for code in codes:
            kept.setdefault(self.same.get(code, str(code)), code)
        return list(kept.values())


def arguments_key(arguments: Mapping[str, Any]) -> Key:
    """Return arguments in a form that shows every difference but that of lists and tuples."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(arguments.items())
    )


def _number(*parts: object) -> int:
    return zlib.crc32(
        repr([str(part) if isinstance(part, str) else part for part in parts]).encode()
    )
