"""What each kind of finding says, in both languages; never a personal code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.model.misuse import KeptFinding, Kind

_EN: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OWN_CODE: "looked up their own personal code (times: {lookUps})",
        Kind.OWN_HOUSEHOLD: (
            "looked up persons of their own household (persons: {persons}, times: {lookUps})"
        ),
        Kind.COLLEAGUE: "looked up a colleague or a colleague's household (persons: {persons})",
        Kind.NAMESAKE: "looked up the household of a namesake (persons: {persons})",
        Kind.VIP: "looked up a person of the list (times: {lookUps})",
        Kind.OUT_OF_HOURS: "looked up persons out of hours or on a day off (persons: {persons})",
        Kind.WITHOUT_CASE: "used a case that does not seem to be one (persons: {persons})",
        Kind.VOLUME: "looked up {persons} persons in a day, where {usual} are usual",
        Kind.ENUMERATION: "tried codes: {negatives} of {persons} in an hour named nobody",
        Kind.QUOTA_EDGE: "used the quota of {quota} a day almost, on {days} days in a row",
        Kind.STATUS_SWEEP: "checked one person's status {checks} times within an hour or so",
    }
)
_LV: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.OWN_CODE: "skatīja savu personas kodu (reizes: {lookUps})",
        Kind.OWN_HOUSEHOLD: (
            "skatīja savas mājsaimniecības personas (skaits: {persons}, reizes: {lookUps})"
        ),
        Kind.COLLEAGUE: "skatīja kolēģi vai kolēģa mājsaimniecību (personu skaits: {persons})",
        Kind.NAMESAKE: "skatīja uzvārdabrāļa mājsaimniecību (personu skaits: {persons})",
        Kind.VIP: "skatīja sarakstā iekļautu personu (reizes: {lookUps})",
        Kind.OUT_OF_HOURS: "skatīja personas ārpus darba laika vai brīvdienā (skaits: {persons})",
        Kind.WITHOUT_CASE: "izmantoja lietu, kas nešķiet īsta (personu skaits: {persons})",
        Kind.VOLUME: "vienā dienā skatīja personas (skaits: {persons}, parasti {usual})",
        Kind.ENUMERATION: "minēja kodus: vienā stundā {negatives} no {persons} nebija nevienam",
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
