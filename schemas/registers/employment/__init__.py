"""Employment: status at the employment agency, measures, and what the person told of themselves."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.types import Info

from hub.model.catalogue import Category
from schemas.field import argument, described, leaf, part
from schemas.person import Registered, answer
from schemas.provenance import Provenance
from schemas.registers.employment.codes import EmploymentEndReason, EmploymentStatus
from schemas.registers.employment.parts import (
    Cv,
    Education,
    EmploymentMeasure,
    LanguageSkill,
    WorkExperience,
)

ADM = Category.ADMINISTRATIVE


@strawberry.type(
    description=described("Record of the State Employment Agency (NVA)", "nodarbinātības dati")
)
class Employment:
    """The state on one day: decision 0521."""

    status: EmploymentStatus | None = leaf(
        ADM,
        "Status; NONE when no status is in force on the day asked; null when none was ever granted",
        "statuss",
    )
    granted_on: date | None = leaf(
        ADM, "First day of that status, or of the last one before the day asked", "piešķirts"
    )
    ended_on: date | None = leaf(
        ADM, "Last day of it; null while it lasts on the day asked", "zaudēts"
    )
    end_reason: EmploymentEndReason | None = leaf(
        ADM,
        "Why it ended; null where none was stated",
        "zaudēšanas iemesls",
        classifies="value",
    )
    known_since: date | None = leaf(
        ADM,
        "Day of the decision that made the state known; later than its effect where NVA decided "
        "backwards",
        "zināms kopš",
    )
    branch: str | None = leaf(ADM, "Branch of NVA that keeps the file", "filiāle")
    measures: list[EmploymentMeasure] = part(
        "Active measures begun by the day asked", "aktīvie nodarbinātības pasākumi"
    )
    education: list[Education] = part("Education completed by the day asked", "izglītība")
    language_skills: list[LanguageSkill] = part("Languages, as told last", "valodu prasmes")
    work_history: list[WorkExperience] = part("Jobs begun by the day asked", "darba pieredze")
    cv: Cv | None = part("CV published by the day asked", "CV")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed that status, UTC", "atjaunots reģistrā"
    )
    provenance: Provenance = part("Where the record comes from", "datu izcelsme")


def employment(
    self: Any,  # noqa: ANN401 — Person is composed later
    info: Info,
    on: Annotated[date | None, argument("Day asked; today by default", "uz datumu")] = UNSET,
) -> Employment | None:
    """Answer from facts already fetched."""
    published: Employment | None = answer(self, info, "employment", on=on)
    return published


REGISTER = Registered(
    register="employment",
    resolver=employment,
    en="Unemployed or job-seeker status and what belongs to it",
    lv="nodarbinātības dati",
)
