"""Codes of the employment register, in both languages; some of them classify what they stand in."""

from enum import Enum

import strawberry

from hub.model.catalogue import Category
from schemas.field import described, value

ADM = Category.ADMINISTRATIVE
HLT = Category.HEALTH


@strawberry.enum(description=described("Status at the employment agency", "statuss NVA"))
class EmploymentStatus(Enum):
    """Status on a day."""

    UNEMPLOYED = value("UNEMPLOYED", "Unemployed person", "bezdarbnieks")
    JOB_SEEKER = value("JOB_SEEKER", "Job seeker", "darba meklētājs")
    AT_RISK = value("AT_RISK", "Person at risk of unemployment", "bezdarba riskam pakļauta persona")
    NONE = value("NONE", "No status on that day", "statusa nav")


@strawberry.enum(
    description=described(
        "Why a status ended; a reason carries a class", "statusa zaudēšanas iemesls"
    )
)
class EmploymentEndReason(Enum):
    """Reasons of the Support for Unemployed Persons and Persons Seeking Employment Law."""

    FOUND_WORK = value("FOUND_WORK", "Started work", "uzsākts darbs", category=ADM)
    SELF_EMPLOYED = value(
        "SELF_EMPLOYED", "Became self-employed", "kļūst par pašnodarbināto", category=ADM
    )
    OLD_AGE_PENSION = value(
        "OLD_AGE_PENSION", "Granted an old-age pension", "piešķirta vecuma pensija", category=ADM
    )
    STUDIES = value(
        "STUDIES", "Took up full-time studies", "uzsāktas mācības klātienē", category=ADM
    )
    OWN_REQUEST = value("OWN_REQUEST", "Gave the status up", "atteikšanās no statusa", category=ADM)
    OBLIGATIONS_NOT_MET = value(
        "OBLIGATIONS_NOT_MET",
        "Did not meet the duties of the status",
        "nepilda pienākumus",
        category=ADM,
    )
    CHILD_CARE = value(
        "CHILD_CARE", "Takes parental leave", "bērna kopšanas atvaļinājums", category=ADM
    )
    LEFT_COUNTRY = value(
        "LEFT_COUNTRY", "Moved abroad for good", "pastāvīga dzīve ārvalstī", category=ADM
    )
    DEATH = value("DEATH", "Died", "nāve", category=ADM)
    DISABILITY_100 = value(
        "DISABILITY_100", "Lost all ability to work", "100 % darbspēju zaudējums", category=HLT
    )
    ILLNESS = value("ILLNESS", "Long illness", "ilgstoša slimība", category=HLT)
    MATERNITY = value(
        "MATERNITY",
        "Pregnancy and maternity leave",
        "grūtniecības un dzemdību atvaļinājums",
        category=HLT,
    )
    FULL_STATE_CARE = value(
        "FULL_STATE_CARE",
        "Lives in a long-term care institution",
        "pilnā valsts apgādībā",
        category=HLT,
    )
    FOSTER_CARER = value(
        "FOSTER_CARER",
        "Became a specialised foster carer",
        "specializētā audžuģimene",
        category=Category.CHILD_PROTECTION,
    )
    PROTECTION_ENDED = value(
        "PROTECTION_ENDED",
        "International protection ended",
        "zaudēts bēgļa vai alternatīvais statuss",
        category=Category.ORIGIN,
    )
    IMPRISONMENT = value(
        "IMPRISONMENT",
        "Serves a prison sentence",
        "atrodas ieslodzījumā",
        category=Category.CRIMINAL,
    )


@strawberry.enum(
    description=described(
        "Active employment measure, by NVA's service in VIRSIS; a kind carries a class",
        "aktīvais nodarbinātības pasākums",
    )
)
class MeasureKind(Enum):
    """NVA services in which a person takes part; values are VIRSIS service numbers."""

    VOCATIONAL_EDUCATION = value(
        "10890",
        "Further vocational education",
        "profesionālās tālākizglītības ieguve",
        category=ADM,
    )
    INFORMATION_DAY = value("9478", "Information day", "informatīvā diena", category=ADM)
    TRAINING_AT_EMPLOYER = value(
        "10419", "Training at an employer", "apmācība pie darba devēja", category=ADM
    )
    SUMMER_WORK = value("9217", "Pupils' summer work", "skolēnu vasaras darbs", category=ADM)
    TRAINING_FOR_EMPLOYER = value(
        "9556",
        "Training at an employer's request",
        "apmācība pēc darba devēja pieprasījuma",
        category=ADM,
    )
    INDUSTRY_TRAINING = value(
        "9667",
        "Training with an industry association",
        "apmācība ar nozaru asociāciju iesaisti",
        category=ADM,
    )
    OCCUPATIONAL_APTITUDE = value(
        "10158",
        "Finding out occupational aptitude",
        "profesionālās piemērotības noteikšana",
        category=HLT,
    )
    ADDICTION_SUPPORT = value(
        "9302",
        "Support with addiction",
        "atbalsts bezdarbniekiem ar atkarības problēmām",
        category=HLT,
    )
    COMPETENCE_ASSESSMENT = value(
        "11841",
        "Assessment of vocational competence",
        "profesionālās kompetences novērtēšana",
        category=ADM,
    )
    WORK_SKILLS = value(
        "12399",
        "Developing skills needed at work",
        "darbam nepieciešamo iemaņu attīstība",
        category=ADM,
    )
    PSYCHOLOGIST = value(
        "9303", "Psychologist's consultations", "individuālas psihologa konsultācijas", category=HLT
    )
    DISABILITY_WORK_START = value(
        "10342",
        "Support to start work with a disability",
        "atbalsts darba attiecību uzsākšanai personām ar invaliditāti",
        category=HLT,
    )
    WORKPLACE_ADAPTATION = value(
        "10960",
        "Workplace adapted for a disability",
        "darba vietas pielāgošana personām ar invaliditāti",
        category=HLT,
    )
    COUPON_TRAINING = value(
        "10463", "Training by coupon for persons at risk", "apmācība ar kuponu metodi", category=ADM
    )
    NON_FORMAL_EDUCATION = value(
        "9325", "Non-formal education", "neformālās izglītības ieguve", category=ADM
    )
    BUSINESS_START = value(
        "9479", "Support to start a business", "atbalsts komercdarbības uzsākšanai", category=ADM
    )
    SUBSIDISED_WORK = value("9320", "Subsidised work", "subsidētā darbavieta", category=ADM)
    TEMPORARY_PUBLIC_WORK = value(
        "9927", "Paid temporary public work", "algoti pagaidu sabiedriskie darbi", category=ADM
    )
    REGIONAL_MOBILITY = value(
        "10114", "Support for regional mobility", "reģionālās mobilitātes veicināšana", category=ADM
    )
    EMPLOYER_MOBILITY = value(
        "10118",
        "Regional mobility through an employer",
        "reģionālā mobilitāte darba devējam",
        category=ADM,
    )
    STUDY_MODULES = value("9662", "Study modules of a university", "studiju moduļi", category=ADM)
    CAREER_ADVICE = value("9476", "Career advice", "karjeras konsultācijas", category=ADM)
    REFUGEE_INTEGRATION = value(
        "9306",
        "Integration of refugees in the labour market",
        "atbalsts bēgļiem un personām ar alternatīvo statusu",
        category=Category.ORIGIN,
    )
    E_LEARNING = value(
        "37597", "Electronic training module", "elektroniskās apmācības modulis", category=ADM
    )
    EMPLOYER_MEETING = value(
        "9538",
        "Meeting of employers and job seekers",
        "darba devēju tikšanās ar darba meklētājiem",
        category=ADM,
    )
    OPEN_COURSES = value(
        "9484",
        "Courses on open platforms",
        "programmu apguve atvērto kursu platformās",
        category=ADM,
    )
    VOLUNTARY_WORK = value("9474", "Voluntary work", "brīvprātīgais darbs", category=ADM)
    EURES = value("11802", "EURES advice on work in Europe", "EURES konsultācijas", category=ADM)
    OTHER = value(
        "OTHER",
        "A kind this schema does not know yet, so treated as most sensitive",
        "cits pasākums",
        category=HLT,
    )
    WORK_START_ALLOWANCE = value(
        "10210", "Allowance for starting work", "nodarbinātības uzsākšanas pabalsts", category=ADM
    )


@strawberry.enum(description=described("Level of education", "izglītības līmenis"))
class EducationLevel(Enum):
    """Levels as NVA writes them down."""

    BASIC = value("BASIC", "Basic education", "pamatizglītība")
    SECONDARY = value("SECONDARY", "General secondary education", "vispārējā vidējā izglītība")
    VOCATIONAL = value("VOCATIONAL", "Vocational education", "profesionālā izglītība")
    BACHELOR = value("BACHELOR", "Bachelor's degree", "bakalaura grāds")
    MASTER = value("MASTER", "Master's degree", "maģistra grāds")
    DOCTOR = value("DOCTOR", "Doctor's degree", "doktora grāds")


@strawberry.enum(description=described("Level of a language (CEFR)", "valodas prasmes līmenis"))
class LanguageLevel(Enum):
    """Common European Framework of Reference, and native speakers."""

    A1 = value("A1", "Beginner", "iesācējs")
    A2 = value("A2", "Elementary", "pamatlīmenis")
    B1 = value("B1", "Intermediate", "vidējais līmenis")
    B2 = value("B2", "Upper intermediate", "augstāks vidējais līmenis")
    C1 = value("C1", "Advanced", "augstākais līmenis")
    C2 = value("C2", "Proficient", "meistarības līmenis")
    NATIVE = value("NATIVE", "Native speaker", "dzimtā valoda")
