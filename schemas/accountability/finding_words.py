"""What each kind of finding says, in both languages; never a personal code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.model.misuse import KeptFinding, Kind

_EN: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OWN_CODE: "looked up their own personal code ({lookUps} times)",
        Kind.OWN_HOUSEHOLD: "looked up persons of their own household ({persons}, {lookUps} times)",
        Kind.COLLEAGUE: "looked up a colleague or a colleague's household ({persons} persons)",
        Kind.NAMESAKE: "looked up the household of a namesake ({persons} persons)",
        Kind.VIP: "looked up a person of the list ({lookUps} times)",
        Kind.OUT_OF_HOURS: "looked up {persons} persons out of hours or on a day off",
        Kind.WITHOUT_CASE: "used a case that does not seem to be one ({persons} persons)",
        Kind.VOLUME: "looked up {persons} persons in a day, where {usual} are usual",
        Kind.ENUMERATION: "tried codes: {negatives} of {persons} in an hour named nobody",
        Kind.QUOTA_EDGE: "used the quota of {quota} a day almost, on {days} days in a row",
        Kind.STATUS_SWEEP: "checked one person's status {checks} times within an hour or so",
    }
)
_LV: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OWN_CODE: "skatīja savu personas kodu ({lookUps} reizes)",
        Kind.OWN_HOUSEHOLD: "skatīja savas mājsaimniecības personas ({persons}, {lookUps} reizes)",
        Kind.COLLEAGUE: "skatīja kolēģi vai kolēģa mājsaimniecību ({persons} personas)",
        Kind.NAMESAKE: "skatīja uzvārdabrāļa mājsaimniecību ({persons} personas)",
        Kind.VIP: "skatīja sarakstā iekļautu personu ({lookUps} reizes)",
        Kind.OUT_OF_HOURS: "skatīja {persons} personas ārpus darba laika vai brīvdienā",
        Kind.WITHOUT_CASE: "izmantoja lietu, kas nešķiet īsta ({persons} personas)",
        Kind.VOLUME: "vienā dienā skatīja {persons} personas, parasti {usual}",
        Kind.ENUMERATION: "minēja kodus: {negatives} no {persons} stundā nebija neviena",
        Kind.QUOTA_EDGE: "gandrīz izlietoja dienas kvotu {quota}, {days} dienas pēc kārtas",
        Kind.STATUS_SWEEP: "pārbaudīja vienas personas statusu {checks} reizes apmēram stundā",
    }
)


def in_english(finding: KeptFinding) -> str:
    """Return the sentence, as first measured."""
    return f"{_who(finding, 'official', 'client')} {_EN[finding.kind].format(**finding.measured)}"


def in_latvian(finding: KeptFinding) -> str:
    """Return the same in Latvian."""
    return (
        f"{_who(finding, 'amatpersona', 'klients')} {_LV[finding.kind].format(**finding.measured)}"
    )


def _who(finding: KeptFinding, official: str, client: str) -> str:
    if finding.official:
        return f"{official} {finding.official} ({finding.recipient})"
    return f"{client} {finding.client or finding.recipient or '?'}"
