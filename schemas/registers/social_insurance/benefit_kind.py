"""Kinds of pensions, benefits and reimbursements, each with what it reveals of a person."""

from enum import Enum

import strawberry

from hub.model.catalogue import Category
from schemas.field import described, value

FIN = Category.FINANCIAL
HLT, CHP, ORI = Category.HEALTH, Category.CHILD_PROTECTION, Category.ORIGIN


@strawberry.enum(
    description=described(
        "Kind of pension, benefit or reimbursement; rows of a kind that reveals health, child "
        "protection or origin are shown only where the agreement grants that class",
        "pakalpojuma veids",
    )
)
class BenefitKind(Enum):
    """Values are VIRSIS service numbers.

    Source: the service catalogue (holder VSAA); classes by DOMAIN.md section 3.
    """

    OLD_AGE_PENSION = value("11987", "Old-age pension", "vecuma pensija", category=FIN)
    DISABILITY_PENSION = value("11518", "Disability pension", "invaliditātes pensija", category=HLT)
    SURVIVOR_PENSION = value(
        "11844", "Survivor's pension", "apgādnieka zaudējuma pensija", category=FIN
    )
    SERVICE_PENSION = value("11375", "Service pension", "izdienas pensija", category=FIN)
    SPECIAL_PENSION = value(
        "11385", "Special state pension", "speciālā valsts pensija", category=FIN
    )
    UNEMPLOYMENT = value("11870", "Unemployment benefit", "bezdarbnieka pabalsts", category=FIN)
    SICKNESS = value("11595", "Sickness benefit", "slimības pabalsts", category=HLT)
    MATERNITY = value("11599", "Maternity benefit", "maternitātes pabalsts", category=HLT)
    PATERNITY = value("11668", "Paternity benefit", "paternitātes pabalsts", category=FIN)
    PARENTAL = value("11600", "Parental benefit", "vecāku pabalsts", category=FIN)
    FAMILY = value("11682", "State family benefit", "ģimenes valsts pabalsts", category=FIN)
    CHILD_CARE = value("11374", "Child-care benefit", "bērna kopšanas pabalsts", category=FIN)
    CHILDBIRTH = value("11887", "Childbirth benefit", "bērna piedzimšanas pabalsts", category=FIN)
    SOCIAL_SECURITY = value(
        "11390",
        "State social security benefit; paid for age or disability, so treated as health",
        "valsts sociālā nodrošinājuma pabalsts",
        category=HLT,
    )
    DISABLED_CHILD_CARE = value(
        "11373",
        "Care benefit for a child with disability",
        "bērna ar invaliditāti kopšanas pabalsts",
        category=HLT,
    )
    CARE = value(
        "11380",
        "Benefit for a person with disability who needs care",
        "pabalsts personai ar invaliditāti, kurai nepieciešama kopšana",
        category=HLT,
    )
    TRANSPORT = value(
        "11384",
        "Compensation of transport costs of a person with disability",
        "pabalsts transporta izdevumu kompensēšanai personai ar invaliditāti",
        category=HLT,
    )
    ASSISTANT = value(
        "11382",
        "Benefit for using an assistant, group I visual disability",
        "pabalsts par asistenta izmantošanu personām ar redzes invaliditāti",
        category=HLT,
    )
    COELIAC = value(
        "11387",
        "State support for children with coeliac disease",
        "valsts atbalsts ar celiakiju slimiem bērniem",
        category=HLT,
    )
    INSURANCE_COMPENSATION = value(
        "11359",
        "Compensation for an accident at work or occupational disease",
        "apdrošināšanas atlīdzība",
        category=HLT,
    )
    TREATMENT_COSTS = value(
        "11367",
        "Treatment costs after an accident at work or occupational disease",
        "atlīdzība par ārstēšanās un rehabilitācijas izdevumiem",
        category=HLT,
    )
    CHERNOBYL_COMPENSATION = value(
        "11368",
        "Compensation for damage from the Chernobyl clean-up",
        "kaitējuma atlīdzība Černobiļas avārijas seku likvidācijas gadījumā",
        category=HLT,
    )
    DAMAGE_COMPENSATION = value(
        "11376", "Compensation for damage to health", "kaitējuma atlīdzība", category=HLT
    )
    CHERNOBYL_BENEFIT = value(
        "11388",
        "State benefit for a person disabled in the Chernobyl clean-up",
        "valsts sociālais pabalsts Černobiļas avārijas seku likvidācijas dalībniekam",
        category=HLT,
    )
    GUARDIAN = value(
        "11363",
        "Remuneration of a guardian",
        "atlīdzība par aizbildņa pienākumu pildīšanu",
        category=CHP,
    )
    WARD = value(
        "11377",
        "Benefit for keeping a child under guardianship",
        "pabalsts aizbildnībā esoša bērna uzturēšanai",
        category=CHP,
    )
    FOSTER = value(
        "11364",
        "Remuneration of a foster family",
        "atlīdzība par audžuģimenes pienākumu pildīšanu",
        category=CHP,
    )
    ADOPTION = value("12197", "Child adoption benefit", "bērna adopcijas pabalsts", category=CHP)
    ADOPTION_REMUNERATION = value(
        "11361", "Remuneration for adoption", "atlīdzība par bērna adopciju", category=CHP
    )
    PRE_ADOPTION_CARE = value(
        "11362",
        "Remuneration for care of a child to be adopted",
        "atlīdzība par adoptējamā bērna aprūpi",
        category=CHP,
    )
    REFUGEE = value(
        "11378",
        "Benefit for a refugee or a person with alternative status",
        "pabalsts bēglim vai personai ar alternatīvo statusu",
        category=ORI,
    )
    FUNERAL = value("11265", "Funeral benefit", "apbedīšanas pabalsts", category=FIN)
    SPOUSE_OF_DECEASED = value(
        "11381",
        "Benefit for the spouse or partner of a deceased pensioner",
        "pabalsts mirušā pensijas saņēmēja laulātajam vai partnerim",
        category=FIN,
    )
    UNRECEIVED_PAYMENT = value(
        "9400",
        "Payment that a deceased recipient had not received",
        "nesaņemtā maksājuma izmaksa",
        category=FIN,
    )
    OTHER = value(
        "OTHER",
        "A kind nobody has classified yet: shown only where every special class is granted",
        "cits pakalpojums",
        category=HLT,
    )
