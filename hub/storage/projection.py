"""Rows by which entries are found, as ``COPY`` takes them: text, a line each.

Text is made faster here than by a driver that encodes each value for itself.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from hub.model.sequence import Placed, Told

COLUMNS: Final = (
    "year",
    "position",
    "writer",
    "wseq",
    "at",
    "operation_id",
    "case",
    "official",
    "consent",
    "consent_revision",
    "index",
    "decision",
    "client",
    "recipient",
    "agreement",
    "revision",
    "purpose",
    "action",
    "visibility",
    "person_acting",
    "registers",
    "categories",
    "codes",
    "question",
)
"""In the order of a line's values."""
AT_ONCE: Final = 200
"""Lines written before others get their turn; a millisecond."""
_DIGITS: Final = 9
_NULL: Final = r"\N"
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_SHARED: Final = (
    "decision",
    "client",
    "recipient",
    "agreement",
    "revision",
    "purpose",
    "action",
    "visibility",
    "person_acting",
    "registers",
    "categories",
    "codes",
    "question",
)
_shared_part: Final[Callable[[Told], tuple[Any, ...]]] = attrgetter(*_SHARED)


async def lines(placed: Sequence[Placed]) -> AsyncIterator[bytes]:
    """Yield the lines of entries, some at a time."""
    for start in range(0, len(placed), AT_ONCE):
        yield "".join(map(line, placed[start : start + AT_ONCE])).encode()
        await asyncio.sleep(0)


def line(placed: Placed) -> str:
    """Return the line of one entry."""
    entry, told = placed.entry, placed.told
    consent, _, revision = (told.consent or "").partition("/")
    index = rf"\\x{entry.blind_index.hex()}" if entry.blind_index else _NULL
    return (
        f"{placed.year}\t{placed.position}\t{entry.writer}\t{entry.wseq}\t{entry.at.isoformat()}\t"
        f"{_text(entry.operation_id)}\t{_text(told.case)}\t{_text(told.official)}\t"
        f"{_text(consent or None)}\t{revision if _is_small(revision) else _NULL}\t{index}\t"
        f"{_shared(_shared_part(told))}\n"
    )


@lru_cache(maxsize=1024)
def _shared(values: tuple[Any, ...]) -> str:
    """Return what entries like one another have in common; the key is the whole of it."""
    return "\t".join(map(_text, values))


def _text(value: object) -> str:
    """Return a value as ``COPY`` reads it."""
    if value is None:
        return _NULL
    text = _array(value) if isinstance(value, tuple) else str(value)
    return text.replace("\0", "").translate(_ESCAPES)


def _array(values: Iterable[str]) -> str:
    quoted = ('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in values)
    return "{" + ",".join(quoted) + "}"


def _is_small(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= _DIGITS
