"""Running every detector over a period, and one detector over the entries that a finding cites."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from hub.audit.misuse.people import colleague, namesake, own_code, own_household, vip
from hub.audit.misuse.surroundings import Surroundings
from hub.audit.misuse.suspicion import Suspicion
from hub.audit.misuse.trying import enumeration, status_sweep
from hub.audit.misuse.working import out_of_hours, quota_edge, volume, without_case
from hub.model.misuse import VERSIONS, Finding, Kind, Look, Thresholds
from hub.ports import Keyring

USE: Final = "findings"
"""Key of the keyring under which matters become ids."""

Detector = Callable[[Sequence[Look], Surroundings, Any], Iterable[Suspicion]]

DETECTORS: Final[Mapping[Kind, Detector]] = MappingProxyType(
    {
        Kind.OWN_CODE: own_code,
        Kind.OWN_HOUSEHOLD: own_household,
        Kind.COLLEAGUE: colleague,
        Kind.NAMESAKE: namesake,
        Kind.VIP: vip,
        Kind.OUT_OF_HOURS: out_of_hours,
        Kind.WITHOUT_CASE: without_case,
        Kind.VOLUME: volume,
        Kind.ENUMERATION: enumeration,
        Kind.QUOTA_EDGE: quota_edge,
        Kind.STATUS_SWEEP: status_sweep,
    }
)


def detect(
    looks: Iterable[Look],
    around: Surroundings,
    thresholds: Thresholds,
    keyring: Keyring,
    kinds: Iterable[Kind] = Kind,
    *,
    judged_from: datetime | None = None,
) -> list[Finding]:
    """Return what the detectors find, in the order of the evidence; the order of looks is nothing.

    Args:
        looks: Entries of a period, those about embedded persons among them.
        around: Officials, households and the rest, as of now.
        thresholds: The table.
        keyring: Turns what a finding is about into an id that tells nobody.
        kinds: Detectors to run.
        judged_from: Leave out what ended before; earlier looks only tell what is usual.
    """
    key = keyring.key(USE)
    sought = sorted((look for look in looks if look.asked), key=lambda look: look.place)
    found: dict[str, Finding] = {}
    for kind in kinds:
        row = getattr(thresholds, kind.value)
        for suspicion in DETECTORS[kind](sought, around, row):
            made = _finding(suspicion, msgspec.json.encode(row).decode(), key)
            found[made.id] = _joined(found[made.id], made) if made.id in found else made
    judged = (each for each in found.values() if judged_from is None or each.until >= judged_from)
    return sorted(judged, key=lambda each: (min(each.evidence), each.kind, each.id))


def still_holds(
    finding: Finding,
    looks: Iterable[Look],
    around: Surroundings,
    thresholds: Thresholds,
    keyring: Keyring,
) -> bool:
    """Tell whether a detector says the same again of the entries that a finding cites, and no more.

    Args:
        finding: With the row of thresholds it was made with, which counts here.
        looks: The entries cited; one whose person's key was destroyed speaks no more.
        around: Officials, households and the rest, as of now.
        thresholds: The present table; the finding's row takes its place there.
        keyring: As in ``detect``.
    """
    row = msgspec.json.decode(
        finding.thresholds, type=type(getattr(thresholds, finding.kind.value))
    )
    table = msgspec.structs.replace(thresholds, **{finding.kind.value: row})
    cited = [look for look in looks if look.place in finding.evidence | finding.baseline]
    again = detect(cited, around, table, keyring, (finding.kind,))
    return any(each.id == finding.id and each.evidence >= finding.evidence for each in again)


def _finding(suspicion: Suspicion, row: str, key: bytes) -> Finding:
    kind, evidence = suspicion.kind, suspicion.evidence
    version = VERSIONS[kind]
    told = msgspec.json.encode([str(kind), version, *(f"{word}" for word in suspicion.matter)])
    cited = frozenset(look.place for look in evidence)
    instants = [look.at for look in evidence]
    return Finding(
        id=hmac.digest(key, told, "sha256").hex()[:32],
        kind=kind,
        version=version,
        recipient=_one(look.recipient for look in evidence),
        official=_one(look.official for look in evidence),
        client=_one(look.client for look in evidence),
        agreement=_one(look.agreement for look in evidence),
        case=_one(look.case for look in evidence),
        since=min(instants),
        until=max(instants),
        evidence=cited,
        baseline=frozenset(look.place for look in suspicion.baseline) - cited,
        thresholds=row,
        measured=suspicion.measured,
    )


def _joined(one: Finding, other: Finding) -> Finding:
    """Return one finding of two about the same matter: rows of days in one month."""
    evidence = one.evidence | other.evidence
    return replace(
        max(one, other, key=lambda each: len(each.evidence)),
        since=min(one.since, other.since),
        until=max(one.until, other.until),
        evidence=evidence,
        baseline=(one.baseline | other.baseline) - evidence,
    )


def _one(values: Iterator[str | None]) -> str | None:
    """Return what all entries say, if they say the same."""
    known = set(values)
    return known.pop() if len(known) == 1 else None
