"""The social insurance record and its parts."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum

import strawberry

from hub.model.catalogue import Category
from hub.model.personal_code import PersonalCode
from schemas.field import described, leaf, part, value
from schemas.provenance import Provenance
from schemas.reference import PersonReference
from schemas.registers.social_insurance.benefit_kind import BenefitKind

ADM, FIN, IDN = Category.ADMINISTRATIVE, Category.FINANCIAL, Category.IDENTITY
HLT, CHP, ORI = Category.HEALTH, Category.CHILD_PROTECTION, Category.ORIGIN


@strawberry.enum(description=described("What an amount is granted for", "apmēra veids"))
class AmountBasis(Enum):
    """Sickness, maternity and paternity are granted per case, the rest per month."""

    MONTH = value("MONTH", "Gross amount per month", "mēnesī")
    CASE = value("CASE", "Amount per case", "par gadījumu")


@strawberry.enum(
    description=described(
        "Kind of insurance period; rows of a kind that reveals health, child protection or "
        "origin are shown only where the agreement grants that class",
        "apdrošināšanas perioda veids",
    )
)
class InsurancePeriodKind(Enum):
    """What the person was insured, or counted as insured, for."""

    EMPLOYMENT = value("EMPLOYMENT", "Work for an employer", "darba ņēmējs", category=FIN)
    SELF_EMPLOYMENT = value("SELF_EMPLOYMENT", "Self-employment", "pašnodarbinātais", category=FIN)
    VOLUNTARY = value("VOLUNTARY", "Voluntary insurance", "brīvprātīgi pievienojies", category=FIN)
    UNEMPLOYMENT = value(
        "UNEMPLOYMENT", "Unemployment benefit", "bezdarbnieka pabalsta periods", category=FIN
    )
    PARENTAL = value(
        "PARENTAL", "Care of a child", "bērna kopšanas vai vecāku pabalsta periods", category=FIN
    )
    PATERNITY = value("PATERNITY", "Paternity leave", "paternitātes periods", category=FIN)
    BEFORE_1996 = value(
        "BEFORE_1996", "Work before 1996", "darba stāžs līdz 1996. gadam", category=FIN
    )
    STUDIES_BEFORE_1996 = value(
        "STUDIES_BEFORE_1996", "Studies before 1996", "studijas līdz 1996. gadam", category=FIN
    )
    MILITARY_SERVICE = value(
        "MILITARY_SERVICE", "Military service", "militārais dienests", category=FIN
    )
    ABROAD = value(
        "ABROAD", "Insured in another member state", "periods citā dalībvalstī", category=FIN
    )
    SICKNESS = value("SICKNESS", "Sickness benefit", "slimības pabalsta periods", category=HLT)
    MATERNITY = value(
        "MATERNITY", "Maternity benefit", "maternitātes pabalsta periods", category=HLT
    )
    DISABILITY = value("DISABILITY", "Disability", "invaliditātes periods", category=HLT)
    DISABLED_CHILD_CARE = value(
        "DISABLED_CHILD_CARE",
        "Care of a child with disability",
        "bērna ar invaliditāti kopšana",
        category=HLT,
    )
    GUARDIANSHIP = value(
        "GUARDIANSHIP",
        "Duties of a guardian or foster family, care before adoption",
        "aizbildņa vai audžuģimenes pienākumi, aprūpe pirms adopcijas",
        category=CHP,
    )
    REPRESSION = value(
        "REPRESSION",
        "Exile or imprisonment of the politically repressed",
        "politiski represētās personas periods",
        category=ORI,
    )
    OTHER = value(
        "OTHER",
        "A kind nobody has classified yet: shown only where every special class is granted",
        "cits periods",
        category=HLT,
    )


@strawberry.type(description=described("A month's payment of a benefit", "maksājums"))
class Payment:
    """What was actually paid; entitled, sent for payment and paid are different things."""

    for_month: date | None = leaf(FIN, "First day of the month it is for", "par mēnesi")
    paid_on: date | None = leaf(
        FIN, "Day of payment; null while it is only sent for payment", "izmaksāts"
    )
    gross: Decimal | None = leaf(FIN, "Euro before tax", "aprēķināts")
    tax_withheld: Decimal | None = leaf(
        FIN, "Euro of personal income tax withheld", "ieturētais nodoklis"
    )
    net: Decimal | None = leaf(FIN, "Euro paid", "izmaksātā summa")


@strawberry.type(
    description=described("A pension, benefit or reimbursement granted", "piešķirtais pakalpojums")
)
class Benefit:
    """Entitlement that touches the period asked, with its payments within it."""

    kind: BenefitKind | None = leaf(FIN, "Kind", "pakalpojuma veids", classifies="row")
    virsis_id: int | None = leaf(FIN, "Kind as VIRSIS numbers it", "VIRSIS numurs")
    decision_no: str | None = leaf(ADM, "Number of the decision", "lēmuma numurs")
    granted_amount: Decimal | None = leaf(FIN, "Euro granted, gross", "piešķirtais apmērs")
    basis: AmountBasis | None = leaf(FIN, "What the amount is for", "apmēra veids")
    entitlement_from: date | None = leaf(ADM, "First day of entitlement", "piešķirts no")
    entitlement_to: date | None = leaf(
        ADM, "Last day of entitlement; null without term", "piešķirts līdz"
    )
    known_since: date | None = leaf(
        ADM, "Day of the decision; may follow the first day of entitlement", "zināms kopš"
    )
    recipient: PersonReference | None = part(
        "Who receives the money in the person's stead", "saņēmējs"
    )
    payee_account: str | None = leaf(FIN, "Account paid to (IBAN)", "konts", concerns="recipient")
    child: PersonReference | None = part("Child because of whom it is paid", "bērns")
    payments: list[Payment] = part("Payments for months within the period", "faktiskie maksājumi")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the entitlement, UTC", "atjaunots reģistrā"
    )


@strawberry.type(description=described("A period of insurance", "apdrošināšanas periods"))
class InsurancePeriod:
    """Closed days; periods may overlap."""

    kind: InsurancePeriodKind | None = leaf(FIN, "Kind", "perioda veids", classifies="row")
    valid_from: date | None = leaf(FIN, "First day", "no")
    valid_to: date | None = leaf(FIN, "Last day; null while it lasts", "līdz")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the period, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described("A month's social insurance contributions", "VSAOI iemaksas")
)
class Contribution:
    """State mandatory social insurance contributions (VSAOI)."""

    for_month: date | None = leaf(FIN, "First day of the month they are for", "par mēnesi")
    object: Decimal | None = leaf(FIN, "Euro of income they are computed from", "iemaksu objekts")
    amount: Decimal | None = leaf(FIN, "Euro of contributions", "iemaksu summa")


@strawberry.type(
    description=described("State funded pension scheme", "valsts fondēto pensiju shēma")
)
class SecondPillar:
    """Second pillar of the pension system, as it stands now."""

    joined_on: date | None = leaf(FIN, "Day the person joined", "dalībnieks kopš")
    manager: str | None = leaf(FIN, "Manager of the funds", "līdzekļu pārvaldītājs")
    plan: str | None = leaf(FIN, "Investment plan", "ieguldījumu plāns")
    capital: Decimal | None = leaf(FIN, "Euro accumulated", "uzkrātais kapitāls")
    capital_on: date | None = leaf(FIN, "Day the capital was reckoned", "kapitāls uz datumu")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the account, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described(
        "A1 certificate: which state's social security law applies", "A1 sertifikāts"
    )
)
class A1Certificate:
    """Portable document A1 (Regulation (EC) 883/2004)."""

    number: str | None = leaf(ADM, "Number of the certificate", "numurs")
    country: str | None = leaf(ADM, "Country of work, ISO 3166-1 alpha-2", "valsts")
    issued_on: date | None = leaf(ADM, "Day of issue", "izsniegts")
    valid_from: date | None = leaf(ADM, "First day", "no")
    valid_to: date | None = leaf(ADM, "Last day", "līdz")
    source_updated_at: datetime | None = leaf(
        ADM, "When the register last changed the certificate, UTC", "atjaunots reģistrā"
    )


@strawberry.type(
    description=described("Social insurance within a period", "valsts sociālā apdrošināšana")
)
class SocialInsurance:
    """VSAA's record within the period asked; rows of classes not granted are not in it."""

    generated_code: PersonalCode | None = leaf(
        IDN, "Code VSAA generated for a person without a personal code", "ģenerēts kods"
    )
    benefits: list[Benefit] = part(
        "Entitlements that touch the period, earliest first", "pakalpojumi"
    )
    insurance_periods: list[InsurancePeriod] = part(
        "Insurance periods that touch the period, earliest first", "apdrošināšanas periodi"
    )
    total_insurance_days: int | None = leaf(
        FIN,
        "Days of all shown insurance periods up to the end of the period asked, each day once; "
        "null where no insurance period is shown",
        "kopējais apdrošināšanas stāžs dienās",
    )
    contributions: list[Contribution] = part(
        "Contributions for months within the period", "VSAOI iemaksas"
    )
    second_pillar: SecondPillar | None = part(
        "State funded pension scheme", "fondēto pensiju shēma"
    )
    a1_certificates: list[A1Certificate] = part(
        "A1 certificates that touch the period", "A1 sertifikāti"
    )
    provenance: Provenance = part("Where the record comes from", "datu izcelsme")
