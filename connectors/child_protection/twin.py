"""What BAC would hold of a synthetic life."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from connectors.child_protection.source import (
    APLIECIBA,
    APRUPE,
    APRUPETAJS,
    BARINTIESA,
    IESTADE,
    LIETA,
    METADATA,
    PARBAUDE,
    PARRAUDZIBA,
    PERSONA,
    SCHEMA,
    SPECIALISTS,
    SUDZIBA,
)
from hub.sandbox.people.care import (
    Care,
    CareForm,
    CaseKind,
    CertificateStatus,
    Complaint,
    CourtCase,
    OrphanCertificate,
    Role,
    Specialist,
)
from hub.sandbox.people.life import Life
from hub.sandbox.people.protection import INSTITUTIONS
from hub.sandbox.people.territories import TERRITORIES
from hub.sandbox.people.twin import Row, Twin

RIGA = ZoneInfo("Europe/Riga")
FIRST_YEAR = 2010
"""Inspections before this year are in archives."""

_FORMS: Mapping[CareForm, str] = MappingProxyType(
    {
        CareForm.GUARDIAN: "AIZBILDNIS",
        CareForm.FOSTER_FAMILY: "AUDZUGIM",
        CareForm.INSTITUTION: "IESTADE",
    }
)
_CASES: Mapping[CaseKind, str] = MappingProxyType(
    {
        CaseKind.REMOVAL_OF_CUSTODY: "AIZGAD_P",
        CaseKind.GUARDIANSHIP: "AIZBILDN",
        CaseKind.PLACEMENT_FOSTER: "AUDZU_IE",
        CaseKind.PLACEMENT_INSTITUTION: "IEST_IE",
        CaseKind.PROPERTY: "MANTA",
        CaseKind.ADOPTION_SUITABILITY: "ADOPT",
        CaseKind.FOSTER_STATUS: "AUDZU_ST",
        CaseKind.TRUSTEESHIP: "AIZGADN",
    }
)
_CERTIFICATES: Mapping[CertificateStatus, str] = MappingProxyType(
    {
        CertificateStatus.VALID: "DERIGA",
        CertificateStatus.EXPIRED: "BEIG",
        CertificateStatus.ANNULLED: "ANUL",
    }
)
_ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.TEACHER: "PEDAGOGS",
        Role.SOCIAL_WORKER: "SOCDARB",
        Role.PSYCHOLOGIST: "PSIHOL",
        Role.COACH: "TRENERIS",
        Role.DOCTOR: "ARSTS",
        Role.ORPHAN_COURT_MEMBER: "BARINT",
        Role.CARER: "APRUPET",
    }
)
_TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "konflikts izglītības iestādē": "IZGLIT",
        "saskarsmes tiesības": "SASKARSM",
        "aprūpe ģimenē": "APRUPE",
        "veselības aprūpes pieejamība": "VESELIBA",
    }
)
_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {"nav pamatots": "NEPAM", "sniegti ieteikumi": "IETEIK", "nodots bāriņtiesai": "BARINT"}
)
_KINDS = ("BAI", "GVPP", "KRIZE")
_FINDINGS = ("pārkāpumi nav konstatēti", "jāuzlabo dokumentācija", "trūkst darbinieku")
_CITIES: Mapping[str, str] = MappingProxyType(
    {
        "Rīga": "Rīgas",
        "Jelgava": "Jelgavas",
        "Jūrmala": "Jūrmalas",
        "Liepāja": "Liepājas",
        "Rēzekne": "Rēzeknes",
    }
)
"""Genitives; every other name is one already."""


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A life being written down: one row of ``persona`` for each code its facts came under."""

    life: Life
    rng: Random
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, table: str) -> int:
        """Return the next own key of ``table``."""
        self.numbers[table] = self.numbers.get(table, -1) + 1
        return self.life.key(self.numbers[table])

    def owner(self, day: date) -> int:
        """Return the key of the ``persona`` row that what happened on ``day`` belongs to."""
        codes = [span.code for span in self.life.codes]
        return self.life.key(codes.index(self.life.code_on(day)))


def rows(life: Life, today: date) -> Iterator[Row]:
    """Return the rows of one life; nothing for whom BAC has no reason to know."""
    protected = (life.care, life.court_cases, life.certificates, life.complaints)
    if not any(protected) and life.specialist is None:
        return
    entry = _Entry(life=life, rng=life.rng("childProtection"))
    for number, span in enumerate(life.codes):
        yield PERSONA, (life.key(number), span.code, life.first_name, life.last_name)
    for spell in life.care:
        yield from _care(entry, spell)
    for case in life.court_cases:
        yield _case(entry, case)
    for certificate in life.certificates:
        yield _certificate(entry, certificate)
    for complaint in life.complaints:
        yield _complaint(entry, complaint)
    if life.specialist:
        yield _specialist(entry, life.specialist, today)


def constants(today: date) -> Iterator[Row]:
    """Return orphan courts, and institutions with what was seen there each year."""
    for territory in TERRITORIES:
        yield BARINTIESA, (_court(territory.code), _court_name(territory.name), territory.code)
    for place, (name, reg_no) in enumerate(INSTITUTIONS):
        address = f"Ceriņu iela {place + 1}, Rīga"
        kind, seats = _KINDS[place % len(_KINDS)], 12 + 6 * place
        opened = date(FIRST_YEAR, 1, 1)
        yield IESTADE, (reg_no, name, kind, address, seats, instant(opened))
        for year in range(FIRST_YEAR, today.year + 1):
            yield from _visits(reg_no, place, year, today)


def _visits(reg_no: str, place: int, year: int, today: date) -> Iterator[Row]:
    inspected = date(year, 3, 10 + place)
    if inspected <= today:
        finding = _FINDINGS[(year + place) % len(_FINDINGS)]
        about = (reg_no, "bērnu aprūpes kvalitāte", inspected, finding)
        yield PARBAUDE, (f"PB-{year}-{place + 1:03}", *about, instant(inspected))
    first, last = date(year, 9, 1), date(year, 11, 30)
    if year % 2 and first <= today:
        over = last <= today
        course = (reg_no, first, last if over else None, "ieteikumi ieviesti" if over else None)
        changed = instant(last if over else first)
        yield PARRAUDZIBA, (f"FP-{year}-{place + 1:03}", *course, changed)


def _care(entry: _Entry, spell: Care) -> Iterator[Row]:
    carer = None
    if spell.carer:
        carer, who = entry.number("aprupetajs"), spell.carer
        yield APRUPETAJS, (carer, who.code, who.first_name, who.last_name)
    owner, form, begun = entry.owner(spell.begins), _FORMS[spell.form], instant(spell.begins)
    by = (owner, carer, spell.provider_no, form, spell.begins)
    if spell.ends:  # the row of before the ending stays, closed
        ended = instant(spell.ends)
        yield APRUPE, (entry.number("aprupe"), *by, None, ended, begun)
        yield APRUPE, (entry.number("aprupe"), *by, spell.ends, None, ended)
    else:
        yield APRUPE, (entry.number("aprupe"), *by, None, None, begun)


def _case(entry: _Entry, case: CourtCase) -> Row:
    number = f"1-6/{case.opened_on.year}/{entry.rng.randrange(10**5)}"
    about = (number, _CASES[case.kind], case.opened_on, case.decision, case.decided_on)
    owner, changed = entry.owner(case.opened_on), instant(case.decided_on or case.opened_on)
    return LIETA, (entry.number("lieta"), owner, _court(case.court), *about, changed)


def _certificate(entry: _Entry, certificate: OrphanCertificate) -> Row:
    key, owner = entry.number("aplieciba"), entry.owner(certificate.issued_on)
    issued = (_court(certificate.issuer), f"BA{key % 10**9:09}")
    term = (_CERTIFICATES[certificate.status], certificate.issued_on, certificate.valid_to)
    return APLIECIBA, (key, owner, *issued, *term, instant(certificate.issued_on))


def _complaint(entry: _Entry, complaint: Complaint) -> Row:
    number = f"S-{complaint.received_on.year}/{entry.rng.randrange(10**5)}"
    topic = _TOPICS.get(complaint.topic, "CITA")
    outcome = _OUTCOMES.get(complaint.outcome, "CITS") if complaint.outcome else None
    owner, changed = entry.owner(complaint.received_on), instant(complaint.received_on)
    about = (number, complaint.received_on, topic, outcome)
    return SUDZIBA, (entry.number("sudziba"), owner, *about, changed)


def _specialist(entry: _Entry, known: Specialist, today: date) -> Row:
    ground = None if known.permitted else "likumā noteikts liegums"
    term = (known.begins, known.ends, known.training_valid_to)
    ban = (known.permitted, known.banned_from, ground)
    days = (known.begins, known.trained_on, known.banned_from, known.ends)
    changed = instant(max(day for day in days if day and day <= today))
    owner = entry.owner(known.begins)
    return SPECIALISTS, (
        entry.number("specialists"),
        owner,
        _ROLES[known.role],
        *term,
        *ban,
        changed,
    )


def _court(territory: str) -> str:
    return f"BT-{territory[:4]}"


def _court_name(territory: str) -> str:
    if territory.endswith("novads"):
        return f"{territory.removesuffix('novads')}novada bāriņtiesa"
    return f"{_CITIES.get(territory, territory)} valstspilsētas bāriņtiesa"


def instant(day: date) -> datetime:
    """Return the first instant of ``day`` in Riga: never later than now when ``day`` is not."""
    return datetime.combine(day, time(), tzinfo=RIGA).astimezone(UTC)


TWIN = Twin(
    register="childProtection",
    schema=SCHEMA,
    metadata=METADATA,
    rows=rows,
    constants=constants,
)
