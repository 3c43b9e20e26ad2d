"""RFC 9162 as its section 2.1 spells it out, without tiles, caches or cleverness."""

from collections.abc import Sequence
from hashlib import sha256


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\0" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\1" + root(entries[:k]) + root(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), root(entries[k:])]
    return [*path(m - k, entries[k:]), root(entries[:k])]


def consistency(m: int, entries: Sequence[bytes]) -> list[bytes]:
    return subproof(m, entries, whole=True)


def subproof(m: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(entries):
        return [] if whole else [root(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole=whole), root(entries[k:])]
    return [*subproof(m - k, entries[k:], whole=False), root(entries[:k])]
