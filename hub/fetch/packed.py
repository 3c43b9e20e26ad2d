"""Facts as this process keeps them: the bytes that Redis gave, decoded when somebody asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from typing_extensions import override

from hub.model.evidence import Facts, Found, Kept

_found: Any = Found  # a class's slots are descriptors, which its instances hide
_set_as_of = _found.as_of.__set__
_set_fetched_at = _found.fetched_at.__set__
_set_cached = _found.cached.__set__
_set_stale = _found.stale.__set__


class Packed(Kept):
    """A record at hand: what it takes is what its bytes take.

    Attributes:
        raw: The facts in msgpack, with the asked columns alone.
    """

    __slots__ = ("_decode", "raw")

    raw: bytes

    @override
    def __init__(
        self,
        *,
        raw: bytes,
        decode: Callable[[bytes], Facts],
        as_of: datetime,
        fetched_at: datetime,
    ) -> None:
        # straight to the slots: a frozen dataclass's own way takes five times as long
        _set_as_of(self, as_of)
        _set_fetched_at(self, fetched_at)
        _set_cached(self, True)  # noqa: FBT003 — the slot's own form
        _set_stale(self, False)  # noqa: FBT003
        _set_raw(self, raw)
        _set_decode(self, decode)
        _set_views(self, {})

    @property
    @override
    def facts(self) -> Facts:
        decode: Callable[[bytes], Facts] = self._decode  # type: ignore[attr-defined]
        return decode(self.raw)

    @override
    def __eq__(self, other: object) -> bool:
        """Tell whether the same is told, however it is held."""
        if not isinstance(other, Found):
            return NotImplemented
        return _told(self) == _told(other)

    @override
    def __hash__(self) -> int:
        """Hash what is told."""
        return hash(_told(self))


def _told(found: Found) -> tuple[object, ...]:
    return (found.facts, found.as_of, found.fetched_at, found.cached, found.stale)


_packed: Any = Packed
_set_raw = _packed.raw.__set__
_set_decode = _packed._decode.__set__  # noqa: SLF001 — this module's own
_set_views = _packed.views.__set__
