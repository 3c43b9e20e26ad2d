"""Codes of the child protection register, in both languages."""

from enum import Enum

import strawberry

from schemas.field import described, value


@strawberry.enum(description=described("Form of out-of-home care", "ārpusģimenes aprūpes forma"))
class CareForm(Enum):
    """Protection of the Rights of the Child Law, section 1."""

    GUARDIAN = value("GUARDIAN", "With a guardian", "pie aizbildņa")
    FOSTER_FAMILY = value("FOSTER_FAMILY", "In a foster family", "audžuģimenē")
    INSTITUTION = value("INSTITUTION", "In a child care institution", "bērnu aprūpes iestādē")
    OTHER = value("OTHER", "A form this schema does not know yet", "cita forma")


@strawberry.enum(description=described("Kind of institution", "iestādes veids"))
class CareInstitutionKind(Enum):
    """As the register of institutions tells them apart."""

    CHILD_CARE_CENTRE = value(
        "CHILD_CARE_CENTRE", "Child care institution", "bērnu aprūpes iestāde"
    )
    CRISIS_CENTRE = value("CRISIS_CENTRE", "Crisis centre", "krīzes centrs")
    FAMILY_HOUSE = value("FAMILY_HOUSE", "Family-like home", "ģimeniskai videi pietuvināta iestāde")
    OTHER = value("OTHER", "A kind this schema does not know yet", "cita iestāde")


@strawberry.enum(
    description=described("State of an orphan certificate today", "bāreņa apliecības statuss")
)
class OrphanCertificateStatus(Enum):
    """Today's state: a certificate whose term has run out is expired, whatever was written."""

    VALID = value("VALID", "In force", "derīga")
    EXPIRED = value("EXPIRED", "Its term has run out", "beidzies termiņš")
    ANNULLED = value("ANNULLED", "Annulled", "anulēta")


@strawberry.enum(
    description=described("What an orphan court decides on", "bāriņtiesas lietas veids")
)
class OrphanCourtCaseType(Enum):
    """Kinds of case under the Law on Orphan's Courts."""

    REMOVAL_OF_CUSTODY = value(
        "REMOVAL_OF_CUSTODY", "Custody rights of a parent", "aizgādības tiesību pārtraukšana"
    )
    GUARDIANSHIP = value("GUARDIANSHIP", "Guardianship", "aizbildnības nodibināšana")
    PLACEMENT_FOSTER = value(
        "PLACEMENT_FOSTER", "Placement in a foster family", "ievietošana audžuģimenē"
    )
    PLACEMENT_INSTITUTION = value(
        "PLACEMENT_INSTITUTION", "Placement in an institution", "ievietošana aprūpes iestādē"
    )
    PROPERTY = value("PROPERTY", "The child's property", "rīcība ar bērna mantu")
    ADOPTION_SUITABILITY = value(
        "ADOPTION_SUITABILITY", "Suitability to adopt", "atzīšana par adoptētāju"
    )
    FOSTER_STATUS = value("FOSTER_STATUS", "Status of a foster family", "audžuģimenes statuss")
    TRUSTEESHIP = value("TRUSTEESHIP", "Trusteeship of an adult", "aizgādnība")
    OTHER = value("OTHER", "A matter this schema does not know yet", "cita lieta")


@strawberry.enum(description=described("Subject of a complaint or report", "sūdzības tēma"))
class ComplaintTopic(Enum):
    """As the register of complaints sorts them."""

    CARE = value("CARE", "Care in an institution or family", "aprūpe iestādē vai ģimenē")
    EDUCATION = value("EDUCATION", "School or kindergarten", "izglītības iestāde")
    CONTACT = value("CONTACT", "Contact with parents", "saskarsmes tiesības")
    VIOLENCE = value("VIOLENCE", "Violence against the child", "vardarbība pret bērnu")
    NEGLECT = value("NEGLECT", "Neglect", "bērna pamešana novārtā")
    HEALTH_CARE = value("HEALTH_CARE", "Access to health care", "veselības aprūpes pieejamība")
    PROPERTY = value("PROPERTY", "The child's property", "bērna manta")
    OTHER = value("OTHER", "A subject this schema does not know yet", "cita tēma")


@strawberry.enum(description=described("Outcome of a complaint or report", "sūdzības iznākums"))
class ComplaintOutcome(Enum):
    """How the inspection ended."""

    UNFOUNDED = value("UNFOUNDED", "Found to be without ground", "nav pamatota")
    ADVICE_GIVEN = value("ADVICE_GIVEN", "Recommendations were given", "sniegti ieteikumi")
    TO_ORPHAN_COURT = value("TO_ORPHAN_COURT", "Passed to an orphan court", "nodota bāriņtiesai")
    VIOLATION_FOUND = value("VIOLATION_FOUND", "Rights were violated", "konstatēts pārkāpums")
    OTHER = value("OTHER", "An outcome this schema does not know yet", "cits iznākums")


@strawberry.enum(description=described("Work with children", "darbs ar bērniem"))
class SpecialistRole(Enum):
    """Protection of the Rights of the Child Law, section 5.1."""

    TEACHER = value("TEACHER", "Teacher", "pedagogs")
    SOCIAL_WORKER = value("SOCIAL_WORKER", "Social worker", "sociālais darbinieks")
    PSYCHOLOGIST = value("PSYCHOLOGIST", "Psychologist", "psihologs")
    COACH = value("COACH", "Sports coach", "sporta treneris")
    DOCTOR = value("DOCTOR", "Doctor", "ārsts")
    ORPHAN_COURT_MEMBER = value(
        "ORPHAN_COURT_MEMBER", "Member of an orphan court", "bāriņtiesas loceklis"
    )
    CARER = value("CARER", "Carer", "aprūpētājs")
    OTHER = value("OTHER", "Work this schema does not know yet", "cits speciālists")
