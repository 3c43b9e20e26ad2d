"""Codes of vaccination facts, in both languages."""

from enum import Enum

import strawberry

from schemas.field import described, value


@strawberry.enum(description=described("State of a vaccination fact", "vakcinācijas fakta statuss"))
class ImmunizationStatus(Enum):
    """FHIR R4 Immunization.status without `entered-in-error`, which is never published."""

    COMPLETED = value("COMPLETED", "The vaccine was given", "vakcinācija veikta")
    NOT_DONE = value("NOT_DONE", "Refused or contraindicated", "vakcinācija nav veikta")


@strawberry.enum(
    description=described(
        "State against the childhood vaccination calendar", "vakcinācijas kalendāra izpilde"
    )
)
class CalendarStatus(Enum):
    """Decision 0532."""

    COMPLETE = value("COMPLETE", "No dose of the calendar is overdue", "vakcinēts pēc kalendāra")
    OVERDUE = value("OVERDUE", "A dose of the calendar is overdue", "vakcinācija nokavēta")
    NOT_APPLICABLE = value(
        "NOT_APPLICABLE", "Of age, so the calendar does not apply", "kalendārs neattiecas"
    )
    UNKNOWN = value("UNKNOWN", "The register knows no day of birth", "nav zināms")


@strawberry.enum(description=described("Vaccine by ATC code", "vakcīna pēc ATC klasifikācijas"))
class VaccineAtc(Enum):
    """Groups of J07; a longer code of the source is told by its group."""

    J07AL02 = value("J07AL02", "Pneumococcal, conjugate", "pneimokoku vakcīna")
    J07AM51 = value("J07AM51", "Tetanus and diphtheria", "stingumkrampju un difterijas vakcīna")
    J07AN01 = value("J07AN01", "Tuberculosis (BCG)", "tuberkulozes vakcīna (BCG)")
    J07BA01 = value("J07BA01", "Tick-borne encephalitis", "ērču encefalīta vakcīna")
    J07BB = value("J07BB", "Influenza", "gripas vakcīna")
    J07BC01 = value("J07BC01", "Hepatitis B", "B hepatīta vakcīna")
    J07BD52 = value("J07BD52", "Measles, mumps, rubella", "masalu, cūciņu, masaliņu vakcīna")
    J07BH = value("J07BH", "Rotavirus", "rotavīrusu vakcīna")
    J07BK01 = value("J07BK01", "Varicella", "vējbaku vakcīna")
    J07BM = value("J07BM", "Human papillomavirus", "cilvēka papilomas vīrusa vakcīna")
    J07BN = value("J07BN", "COVID-19 (J07BX03 before 2023)", "Covid-19 vakcīna")
    J07CA02 = value(
        "J07CA02",
        "Diphtheria, tetanus, pertussis, polio",
        "difterijas, stingumkrampju, garā klepus un poliomielīta vakcīna",
    )
    J07CA09 = value("J07CA09", "Hexavalent", "sešvalentā vakcīna")
    OTHER = value("OTHER", "A vaccine this schema does not know yet", "cita vakcīna")


@strawberry.enum(description=described("Disease vaccinated against", "infekcijas slimība"))
class TargetDisease(Enum):
    """ICD-10 (SSK-10) in the description."""

    TUBERCULOSIS = value("TUBERCULOSIS", "Tuberculosis, A15-A19", "tuberkuloze")
    TETANUS = value("TETANUS", "Tetanus, A35", "stingumkrampji")
    DIPHTHERIA = value("DIPHTHERIA", "Diphtheria, A36", "difterija")
    PERTUSSIS = value("PERTUSSIS", "Whooping cough, A37", "garais klepus")
    POLIOMYELITIS = value("POLIOMYELITIS", "Poliomyelitis, A80", "poliomielīts")
    TICK_BORNE_ENCEPHALITIS = value(
        "TICK_BORNE_ENCEPHALITIS", "Tick-borne encephalitis, A84", "ērču encefalīts"
    )
    ROTAVIRUS = value("ROTAVIRUS", "Rotavirus infection, A08.0", "rotavīrusu infekcija")
    VARICELLA = value("VARICELLA", "Varicella, B01", "vējbakas")
    MEASLES = value("MEASLES", "Measles, B05", "masalas")
    RUBELLA = value("RUBELLA", "Rubella, B06", "masaliņas")
    HEPATITIS_B = value("HEPATITIS_B", "Hepatitis B, B16", "B hepatīts")
    MUMPS = value("MUMPS", "Mumps, B26", "epidēmiskais parotīts")
    HPV = value(
        "HPV", "Human papillomavirus infection, B97.7", "cilvēka papilomas vīrusa infekcija"
    )
    HIB = value("HIB", "Haemophilus influenzae type b, A49.2", "b tipa Haemophilus influenzae")
    PNEUMOCOCCUS = value("PNEUMOCOCCUS", "Pneumococcal infection, A40.3", "pneimokoku infekcija")
    INFLUENZA = value("INFLUENZA", "Influenza, J10", "gripa")
    COVID_19 = value("COVID_19", "COVID-19, U07.1", "Covid-19")
    OTHER = value("OTHER", "A disease this schema does not know yet", "cita slimība")


@strawberry.enum(description=described("Stage of vaccination", "vakcinācijas posms"))
class VaccinationStage(Enum):
    """Whether immunity is built or renewed."""

    PRIMARY = value("PRIMARY", "Primary vaccination", "vakcinācija")
    BOOSTER = value("BOOSTER", "Booster", "revakcinācija")


@strawberry.enum(description=described("How the vaccine was given", "ievadīšanas veids"))
class VaccinationRoute(Enum):
    """Routes of administration."""

    INTRAMUSCULAR = value("INTRAMUSCULAR", "Into the muscle", "intramuskulāri")
    SUBCUTANEOUS = value("SUBCUTANEOUS", "Under the skin", "subkutāni")
    INTRADERMAL = value("INTRADERMAL", "Into the skin", "intradermāli")
    ORAL = value("ORAL", "By mouth", "perorāli")
    NASAL = value("NASAL", "Through the nose", "intranazāli")
    OTHER = value("OTHER", "A route this schema does not know yet", "cits veids")


@strawberry.enum(description=described("Where on the body it was given", "ievadīšanas vieta"))
class VaccinationSite(Enum):
    """Sites of injection."""

    LEFT_ARM = value("LEFT_ARM", "Left upper arm", "kreisais augšdelms")
    RIGHT_ARM = value("RIGHT_ARM", "Right upper arm", "labais augšdelms")
    LEFT_THIGH = value("LEFT_THIGH", "Left thigh", "kreisais augšstilbs")
    RIGHT_THIGH = value("RIGHT_THIGH", "Right thigh", "labais augšstilbs")
    OTHER = value("OTHER", "A site this schema does not know yet", "cita vieta")


@strawberry.enum(description=described("Why it was given", "vakcinācijas indikācija"))
class VaccinationIndication(Enum):
    """Indications under MK 330/2000."""

    CALENDAR = value("CALENDAR", "Vaccination calendar", "vakcinācijas kalendārs")
    RISK_GROUP = value("RISK_GROUP", "Member of a risk group", "riska grupa")
    POST_EXPOSURE = value("POST_EXPOSURE", "After contact", "pēckontakta vakcinācija")
    OCCUPATION = value("OCCUPATION", "Because of work", "darba vides risks")
    TRAVEL = value("TRAVEL", "Travel", "ceļojums")
    OWN_WISH = value("OWN_WISH", "At the person's wish", "pēc paša vēlēšanās")
    OTHER = value("OTHER", "A reason this schema does not know yet", "cita indikācija")
