"""GDPR 30: records of processing, one for each agreement in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.model.agreement import Agreement
from hub.model.reports import ProcessingRecord, ProcessingReport, Words
from hub.model.revision import Revision
from hub.ports.reports import Vocabulary

MEASURES: Final = (
    Words(
        en="every disclosure is on a tamper-evident log before the answer leaves",
        lv="katra izpaušana ir pret viltošanu aizsargātā žurnālā, pirms atbilde tiek nosūtīta",
    ),
    Words(
        en="access only by agreements signed by register controllers, field by field",
        lv="piekļuve tikai pēc reģistru pārziņu parakstītām vienošanām, katram laukam atsevišķi",
    ),
    Words(
        en="clients are bound to certificates; tokens live ten minutes at most",
        lv="klienti piesaistīti sertifikātiem; pilnvaras derīgas ne ilgāk par desmit minūtēm",
    ),
    Words(
        en="facts kept for a while are encrypted; persons' entries are encrypted under own keys",
        lv="īslaicīgi glabātie dati ir šifrēti; personu pieraksti šifrēti ar personu atslēgām",
    ),
    Words(
        en="detectors of misuse, officers' questions on the log, keys destroyed by two officers",
        lv="pārkāpumu meklēšana, amatpersonu vaicājumi žurnālā, atslēgas iznīcina divas personas",
    ),
)
"""GDPR 32(1), in general; an installation adds its own."""


def processing_report(
    revisions: Sequence[Revision], words: Vocabulary, at: datetime
) -> ProcessingReport:
    """Return records of processing; agreements that open a view of the log are records too.

    Source: GDPR 30(1).
    """
    ordered = sorted(revisions, key=lambda each: each.agreement.number)
    return ProcessingReport(
        at=at,
        records=[_record(each, words) for each in ordered],
        retention=words.retention,
        measures=MEASURES,
    )


def _record(revision: Revision, words: Vocabulary) -> ProcessingRecord:
    terms = revision.agreement
    registers = sorted({name for each in terms.fields if (name := each.partition(".")[0])})
    return ProcessingRecord(
        agreement=terms.number,
        revision=terms.revision,
        service=f"{terms.service} {terms.service_name}".strip(),
        controllers=[words.controller(code) for code in terms.controllers],
        processors=terms.processors,
        recipient_code=terms.recipient,
        recipient=Words(en=terms.recipient_en, lv=terms.recipient_lv),
        purpose=Words(en=terms.purpose_en, lv=terms.purpose_lv),
        basis_en=revision.basis_en,
        basis_lv=revision.basis_lv,
        categories=[words.category(each) for each in sorted(revision.categories)],
        registers=[words.source(name) for name in registers],
        subjects=_subjects(terms),
        limits=_limits(terms),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
    )


def _subjects(terms: Agreement) -> Words:
    """Return whose data, in words; territories by their ATVK codes."""
    if terms.oversight is not None:
        return Words(
            en="persons of whom the access log tells",
            lv="personas, par kurām ir auditācijas pieraksti",
        )
    en, lv = ["persons"], ["personas"]
    if codes := ", ".join(sorted(terms.scope.territories)):
        en.append(f"with declared residence in {codes}")
        lv.append(f"ar deklarēto dzīvesvietu {codes}")
    if terms.scope.caseload:
        en.append("on the recipient's caseload")
        lv.append("saņēmēja uzskaitē")
    if terms.scope.case:
        en.append("tied to the case named")
        lv.append("saistītas ar norādīto lietu")
    en.append(f"at most {terms.max_subjects} at once")
    lv.append(f"ne vairāk par {terms.max_subjects} reizē")
    return Words(en=", ".join(en), lv=", ".join(lv))


_PERIODS: Final = {
    "day": Words(en="a day", lv="dienā"),
    "month": Words(en="a month", lv="mēnesī"),
    "year": Words(en="a year", lv="gadā"),
}


def _limits(terms: Agreement) -> Words:
    en, lv = [f"from {terms.valid_from}"], [f"no {terms.valid_from}"]
    if terms.valid_to:
        en.append(f"until {terms.valid_to}")
        lv.append(f"līdz {terms.valid_to}")
    if terms.window_months is not None:
        en.append(f"facts of the last {terms.window_months} full months")
        lv.append(f"dati par pēdējiem {terms.window_months} pilniem mēnešiem")
    if terms.quota:
        period = _PERIODS.get(terms.quota.period, Words(en="", lv=""))
        en.append(f"at most {terms.quota.subjects} persons {period.en}")
        lv.append(f"ne vairāk par {terms.quota.subjects} personām {period.lv}")
    en.append("the recipient keeps what it received as its own law says")
    lv.append("saņēmējs glabā saņemto, kā nosaka tam saistošie tiesību akti")
    return Words(en="; ".join(en), lv="; ".join(lv))
