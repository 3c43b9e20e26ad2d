"""From entries to what a person is told: plain words, and nothing of anybody else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from hub.audit.checked import Opened
from hub.model.agreement import Visibility
from hub.model.catalogue import Category
from hub.model.found import Told
from hub.model.revision import Revision
from hub.model.usage import LEARNED, Disclosed, RegisterUse, Use

CONSENT: Final = "A6-1-a"
Known = Mapping[tuple[str, int], Revision]


def told_now(known: Known, at: datetime, today: date) -> Sequence[Told]:
    """Return the revisions under which the person is not told at once, and until when by now."""
    return [
        each
        for each in _told(known, at, today)
        if known[each.agreement, each.revision].agreement.visibility is not Visibility.IMMEDIATE
    ]


def told_to_others(
    known: Known, at: datetime, today: date, withheld: frozenset[Category]
) -> Sequence[Told]:
    """Return the revisions under which a representative is told.

    None that grants a category withheld from representatives, whatever was asked: that somebody
    invoked it tells of a matter in which they may be the other side.
    """
    return [
        each
        for each in _told(known, at, today)
        if withheld.isdisjoint(known[each.agreement, each.revision].categories)
    ]


def use_of(entry: Opened, known: Known) -> Use:
    """Return what the person is told of an entry.

    Of somebody named in another person's record nothing is told of what was asked about that
    person: neither registers nor what was in them.
    """
    told = entry.told
    revision = known.get((told.get("agreement", ""), told.get("revision", 0)))
    terms = revision.agreement if revision else None
    purpose, recipient = told.get("purpose", ""), told.get("recipient") or ""
    article6 = told.get("article6", "")
    return Use(
        at=entry.found.at,
        recipient=recipient or (terms.recipient if terms else ""),
        recipient_en=terms.recipient_en if terms else recipient,
        recipient_lv=terms.recipient_lv if terms else recipient,
        system=told.get("client", ""),
        purpose=purpose,
        purpose_en=terms.purpose_en if terms else purpose,
        purpose_lv=terms.purpose_lv if terms else purpose,
        basis_en=revision.basis_en if revision else (article6,),
        basis_lv=revision.basis_lv if revision else (article6,),
        by_consent=entry.asked and article6 == CONSENT,
        consent=told.get("consent"),
        registers=_registers(entry),
        categories=told.get("categories", ()) if entry.asked else (Category.IDENTITY.value,),
        mentioned=not entry.asked,
        agreement=told.get("agreement", ""),
    )


def _told(known: Known, at: datetime, today: date) -> Sequence[Told]:
    found = ((key, revision.told_until(at, today)) for key, revision in known.items())
    return [Told(number, revision, until) for (number, revision), until in found if until]


def _registers(entry: Opened) -> Sequence[RegisterUse]:
    if not entry.asked:
        return ()
    outcomes = entry.outcomes
    return [
        RegisterUse(register=name, disclosed=LEARNED.get(outcomes.get(name, ""), Disclosed.NOTHING))
        for name in entry.told.get("registers", ())
    ]
