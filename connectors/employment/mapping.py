"""From BURVIS's facts to the published type: the state on one day. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from msgspec import UnsetType

from connectors.employment import facts as source
from connectors.employment.codings import END_REASONS, LANGUAGE_LEVELS, LEVELS, MEASURES, STATUSES
from connectors.transports.unset import rows, told
from hub.model import evidence
from schemas.provenance import Provenance
from schemas.registers.employment import Employment
from schemas.registers.employment.codes import EmploymentEndReason, EmploymentStatus, MeasureKind
from schemas.registers.employment.parts import (
    Cv,
    Education,
    EmploymentMeasure,
    LanguageSkill,
    WorkExperience,
)

Row = TypeVar("Row")
_VIRSIS = re.compile(r"[0-9]{1,9}")


def present(
    facts: source.EmploymentFacts,
    arguments: Mapping[str, Any],
    provenance: evidence.Provenance,
    today: date,
) -> Employment:
    """Map the file to its state on ``arguments["on"]``, by default ``today`` (decision 0521)."""
    on: date = arguments.get("on") or today
    spell = spell_on(rows(facts.spells), on)
    lasts = spell is not None and in_force(spell, on)
    shown = spell or source.Spell()
    return Employment(
        status=_status(facts, shown, lasts=lasts),
        granted_on=told(shown.granted_on),
        ended_on=None if lasts else told(shown.ended_on),
        end_reason=None if lasts else _reason(shown),
        known_since=told(shown.granted_decided_on if lasts else shown.ended_decided_on),
        branch=told(shown.branch),
        source_updated_at=told(shown.source_updated_at),
        measures=[_measure(row) for row in _by(on, rows(facts.measures), lambda row: row.begins)],
        education=[
            _education(row) for row in _by(on, rows(facts.education), lambda row: row.completed_on)
        ],
        language_skills=[_language(row) for row in rows(facts.languages)],
        work_history=[_job(row) for row in _by(on, rows(facts.jobs), lambda row: row.begins)],
        cv=_cv(_by(on, rows(facts.cvs), lambda row: row.published_on)),
        provenance=Provenance.of(provenance),
    )


def spell_on(spells: Sequence[source.Spell], on: date) -> source.Spell | None:
    """Return the status in force on ``on``, else the one that ended last before it.

    Of several in force at once the one granted last counts, and of those the first listed.
    """
    begun = _by(on, spells, lambda spell: spell.granted_on)
    lasting = [spell for spell in begun if in_force(spell, on)]
    if lasting:
        return max(lasting, key=lambda spell: told(spell.granted_on) or date.min)
    return max(begun, key=lambda spell: told(spell.ended_on) or date.min, default=None)


def in_force(spell: source.Spell, on: date) -> bool:
    """Tell whether a status begun by ``on`` lasts on ``on``; its last day counts."""
    ended = told(spell.ended_on)
    return ended is None or ended >= on


def _status(
    facts: source.EmploymentFacts, spell: source.Spell, *, lasts: bool
) -> EmploymentStatus | None:
    """Return the status; null where none was ever granted, or the schema does not know it."""
    if not rows(facts.spells):
        return None
    return STATUSES.get(told(spell.status) or "") if lasts else EmploymentStatus.NONE


def _reason(spell: source.Spell) -> EmploymentEndReason | None:
    code = told(spell.end_reason)
    return END_REASONS.get(code) if code is not None else None


def _by(on: date, listed: Sequence[Row], day: Callable[[Row], date | UnsetType]) -> list[Row]:
    """Return the rows whose ``day`` is not after ``on``, earliest first."""
    begun = [(told(day(row)), row) for row in listed]
    dated = [(when, row) for when, row in begun if when is not None and when <= on]
    return [row for _, row in sorted(dated, key=lambda pair: pair[0])]


def _measure(row: source.Measure) -> EmploymentMeasure:
    number = told(row.kind)
    return EmploymentMeasure(
        kind=MEASURES.get(number, MeasureKind.OTHER) if number is not None else None,
        virsis_id=int(number) if number is not None and _VIRSIS.fullmatch(number) else None,
        begins=told(row.begins),
        ends=told(row.ends),
        source_updated_at=told(row.source_updated_at),
    )


def _education(row: source.Schooling) -> Education:
    return Education(
        level=LEVELS.get(told(row.level) or ""),
        institution=told(row.institution),
        field=told(row.field),
        completed_on=told(row.completed_on),
        source_updated_at=told(row.source_updated_at),
    )


def _language(row: source.Language) -> LanguageSkill:
    return LanguageSkill(
        language=told(row.language),
        level=LANGUAGE_LEVELS.get(told(row.level) or ""),
        source_updated_at=told(row.source_updated_at),
    )


def _job(row: source.Job) -> WorkExperience:
    return WorkExperience(
        employer=told(row.employer),
        employer_reg_no=told(row.employer_reg_no),
        occupation_code=told(row.occupation_code),
        occupation=told(row.occupation),
        begins=told(row.begins),
        ends=told(row.ends),
        source_updated_at=told(row.source_updated_at),
    )


def _cv(listed: Sequence[source.Cv]) -> Cv | None:
    if not listed:
        return None
    row = listed[-1]
    return Cv(
        published_on=told(row.published_on),
        headline=told(row.headline),
        wanted_occupation=told(row.wanted_occupation),
        driving_licence=told(row.driving_licence),
        active=told(row.active),
        source_updated_at=told(row.source_updated_at),
    )
