"""The open part of entries: what an operation shares with others like it is written once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final

import orjson

from hub.audit.encoding import canonical
from hub.model.entry import Header

_OWN: Final = ("at", "case", "consent", "nonce", "official", "operation_id")
"""Keys that each operation has for itself, in their order; the others come from a template."""
_SHARED: Final = tuple(name for name in Header.__struct_fields__ if name not in _OWN)
_shared: Final[Callable[[Header], tuple[Any, ...]]] = attrgetter(*_SHARED)
"""What of a header its template is made from: everything that is not the operation's own."""


@dataclass(frozen=True, slots=True)
class Template:
    """Canonical JSON of an open part in pieces: before, between and after the keys of ``_OWN``.

    Each piece is empty or begins with a comma, and so does what is put between.
    """

    pieces: tuple[str, ...]

    def text(self, header: Header, nonce: str, consent: str | None) -> str:
        """Return the open part of those entries of an operation that rest on ``consent``.

        Args:
            header: Whose shared part the template was made from.
            nonce: Hexadecimal.
            consent: Id of a consent record.
        """
        before, case, consented, nonced, official, operation, after = self.pieces
        text = (
            f'{before},"at":"{instant(header.at)}"'
            f"{case}{_told('case', header.case)}"
            f"{consented}{_told('consent', consent)}"
            f'{nonced},"nonce":"{nonce}"'
            f"{official}{_told('official', header.official)}"
            f"{operation}{_told('operation_id', header.operation_id)}{after}"
        )
        return f"{{{text[1:]}}}"


def template_of(header: Header) -> Template:
    """Return the template of all headers that differ from this one in nothing but ``_OWN``."""
    return _template(_shared(header))


def instant(at: datetime) -> str:
    """Return an aware instant as entries write it, in UTC."""
    return orjson.dumps(utc(at), option=orjson.OPT_UTC_Z)[1:-1].decode()


def utc(at: datetime) -> datetime:
    """Return the same instant in UTC, where it most often is already."""
    return at if at.tzinfo is UTC else at.astimezone(UTC)


@lru_cache(maxsize=512)
def _template(shared: tuple[Any, ...]) -> Template:
    """Make a template; the key is the whole of what stands in it."""
    told = {name: value for name, value in zip(_SHARED, shared, strict=True) if value} | {"v": 1}
    edges = ("", *_OWN, "\x7f")
    return Template(
        tuple(
            _piece({name: value for name, value in told.items() if low < name < high})
            for low, high in pairwise(edges)
        )
    )


def _piece(document: Mapping[str, object]) -> str:
    return f",{canonical(document)[1:-1].decode()}" if document else ""


def _told(name: str, value: str | None) -> str:
    return f',"{name}":{orjson.dumps(value).decode()}' if value else ""
