"""Entries about a person, opened: whatever does not prove to be that person's is not shown.

The blind index and the columns beside the tree can be altered or erased without the tree knowing.
So they find entries, and what the entries say themselves decides (decision 0352).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
import structlog
from cryptography.exceptions import InvalidTag

from hub.audit.keys import NONCE_BYTES, YearKeys, cipher
from hub.model.found import FoundEntry
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring

_LOG: Final = structlog.get_logger("hub.audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An entry that agrees with what it was found by.

    Attributes:
        told: Its open part.
        outcomes: Register to outcome, where a person was asked about.
        relation: How the person came into the answer; "" where nobody was asked about.
    """

    found: FoundEntry
    told: Mapping[str, Any]
    outcomes: Mapping[str, str]
    relation: str = ""

    @property
    def asked(self) -> bool:
        """Whether registers were asked about the person, who was not only named by another's."""
        return "asked" in self.relation.split(",")


class Opening:
    """Reads entries found, and opens what is sealed in those about a person."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def indexes(
        self, codes: Collection[PersonalCode], years: Sequence[int]
    ) -> Mapping[int, Sequence[bytes]]:
        """Return a person's blind indexes, by year: one for each code of the person's history."""
        return {
            year: [YearKeys(self._keyring, year).index(code) for code in dict.fromkeys(codes)]
            for year in years
        }

    def about(
        self, found: Sequence[FoundEntry], codes: Collection[PersonalCode]
    ) -> Sequence[Opened]:
        """Return the entries that are this person's, sealed parts opened; others raise an alarm."""
        return [*self._about(found, frozenset(codes))]

    def plain(self, found: Sequence[FoundEntry]) -> Sequence[Opened]:
        """Return entries without opening what is sealed; those that disagree raise an alarm."""
        opened = (Opened(found=each, told=orjson.loads(each.open), outcomes={}) for each in found)
        return [each for each in opened if _agrees(each.found, each.told)]

    def _about(
        self, found: Sequence[FoundEntry], codes: frozenset[PersonalCode]
    ) -> Iterator[Opened]:
        secrets: dict[tuple[int, bytes], bytes] = {}
        for each in found:
            told = orjson.loads(each.open)
            if not _agrees(each, told):
                continue
            sealed = self._sealed(each, secrets)
            if sealed is None or sealed["subject"] not in codes:
                _alarm(each, "subject")
                continue
            yield Opened(
                found=each, told=told, outcomes=sealed["outcomes"], relation=sealed["relation"]
            )

    def _sealed(
        self, entry: FoundEntry, secrets: dict[tuple[int, bytes], bytes]
    ) -> Mapping[str, Any] | None:
        """Return what is sealed; None where the key does not open it."""
        if entry.sealed is None or entry.index is None or entry.wrapped is None:
            return None
        year, index = entry.place.year, entry.index
        try:
            secret = secrets.get((year, index))
            if secret is None:
                secret = YearKeys(self._keyring, year).unwrap(index, entry.wrapped)
                secrets[year, index] = secret
            nonce, sealed = entry.sealed[:NONCE_BYTES], entry.sealed[NONCE_BYTES:]
            text = cipher(secret).decrypt(nonce, sealed, entry.operation_id.encode())
        except InvalidTag:
            return None
        document: Mapping[str, Any] = orjson.loads(text)
        return document


def _agrees(found: FoundEntry, told: Mapping[str, Any]) -> bool:
    """Tell whether an entry says what it was found by; empty values are left out of entries."""
    same = told["operation_id"] == found.operation_id and all(
        (told.get(name) or None) == (value or None) for name, value in found.columns.items()
    )
    if not same:
        _alarm(found, "columns")
    return same


def _alarm(found: FoundEntry, differs: str) -> None:
    _LOG.error(
        "log_entry_disagrees",
        operation=found.operation_id,
        year=found.place.year,
        position=found.place.position,
        differs=differs,
    )
