"""Parts of the employment record: measures, education, languages, work and CV."""

from datetime import date, datetime

import strawberry

from hub.model.catalogue import Category
from schemas.field import described, leaf
from schemas.registers.employment.codes import EducationLevel, LanguageLevel, MeasureKind

ADM = Category.ADMINISTRATIVE
IDN = Category.IDENTITY


@strawberry.type(description=described("Active employment measure", "nodarbinātības pasākums"))
class EmploymentMeasure:
    """Rows of a class the agreement lacks vanish (DESIGN.md invariant 9)."""

    kind: MeasureKind | None = leaf(ADM, "Kind of measure", "pasākuma veids", classifies="row")
    virsis_id: int | None = leaf(ADM, "Number of the service in VIRSIS", "VIRSIS identifikators")
    begins: date | None = leaf(ADM, "First day", "no", name="from")
    ends: date | None = leaf(ADM, "Last day, null while it lasts", "līdz", name="to")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Finished education", "izglītība"))
class Education:
    """As the person declared it to the agency."""

    level: EducationLevel | None = leaf(ADM, "Level", "līmenis")
    institution: str | None = leaf(ADM, "Educational institution", "izglītības iestāde")
    field: str | None = leaf(ADM, "Field or qualification", "nozare vai kvalifikācija")
    completed_on: date | None = leaf(ADM, "Day of completion", "pabeigta")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Language skill", "valodas prasme"))
class LanguageSkill:
    """One language."""

    language: str | None = leaf(ADM, "Language by ISO 639-1: `lv`", "valoda")
    level: LanguageLevel | None = leaf(ADM, "Level", "līmenis")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("Work experience", "darba pieredze"))
class WorkExperience:
    """One job."""

    employer: str | None = leaf(ADM, "Employer", "darba devējs")
    employer_reg_no: str | None = leaf(
        ADM, "Employer's registration number", "reģistrācijas numurs"
    )
    occupation_code: str | None = leaf(
        ADM, "Code in the Classification of Occupations: `5223 01`", "profesijas kods"
    )
    occupation: str | None = leaf(ADM, "Occupation", "profesija")
    begins: date | None = leaf(ADM, "First day", "no", name="from")
    ends: date | None = leaf(ADM, "Last day, null while it lasts", "līdz", name="to")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("CV in the vacancies portal", "CV"))
class Cv:
    """What the person published of themselves in the portal of CVs and vacancies."""

    published_on: date | None = leaf(IDN, "Day of publication", "publicēts")
    headline: str | None = leaf(IDN, "Headline", "virsraksts")
    wanted_occupation: str | None = leaf(IDN, "Wanted occupation", "vēlamā profesija")
    driving_licence: str | None = leaf(
        IDN, "Categories of the driving licence", "autovadītāja apliecības kategorijas"
    )
    active: bool | None = leaf(IDN, "Whether employers can see it", "vai CV ir aktīvs")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the row, UTC", "atjaunots reģistrā"
    )
