"""What stands on printed reports, in both languages."""

from collections.abc import Mapping
from typing import Final

_ROWS: Final = {
    # ---- on several --------------------------------------------------------------------------
    "made_at": ("Made", "Sagatavots"),
    "zone": ("times of Riga", "Rīgas laiks"),
    "nothing": ("Nothing.", "Nav."),
    "purpose": ("Purpose", "Nolūks"),
    "recipient": ("Recipient", "Saņēmējs"),
    "recipients": ("Recipients", "Saņēmēji"),
    "basis": ("Legal basis", "Tiesiskais pamats"),
    "cited": (
        "Laws are cited in Latvian, as the agreements and the hub's own rules cite them.",
        "Normatīvie akti minēti tā, kā tos min vienošanās un mezgla noteikumi.",
    ),
    "categories": ("Kinds of data", "Datu kategorijas"),
    "registers": ("Registers", "Reģistri"),
    "fields": ("Fields", "Lauki"),
    "agreement": ("Agreement", "Vienošanās"),
    "client": ("Client", "Klients"),
    "first": ("First", "Pirmoreiz"),
    "last": ("Last", "Pēdējoreiz"),
    "times": ("Times", "Reizes"),
    "retention": ("How long entries are kept", "Cik ilgi pierakstus glabā"),
    "more": (
        "Older entries were left out for their number.",
        "Vecāki pieraksti to skaita dēļ nav iekļauti.",
    ),
    "person": ("Personal code", "Personas kods"),
    "not_told": ("not told to the person", "personai neatklāj"),
    # ---- GDPR 15 -----------------------------------------------------------------------------
    "subject_title": (
        "What is done with your data (GDPR, article 15)",
        "Ko dara ar jūsu datiem (VDAR 15. pants)",
    ),
    "purposes": ("Purposes and recipients", "Nolūki un saņēmēji"),
    "uses": ("Looks", "Izmantošanas"),
    "sources": ("Where the data come from", "No kurienes dati"),
    "register": ("Register", "Reģistrs"),
    "system": ("Information system", "Informācijas sistēma"),
    "controller": ("Controller", "Pārzinis"),
    "looks": (
        "Every look at your data, newest first",
        "Katra jūsu datu izmantošana, jaunākās sākumā",
    ),
    "when": ("When", "Kad"),
    "by_consent": ("with your consent", "ar jūsu piekrišanu"),
    "mentioned": ("named in another person's record", "minēts citas personas ierakstā"),
    "FACTS": ("data given", "dati izsniegti"),
    "NO_RECORD": ("told that there is no record", "paziņots, ka ieraksta nav"),
    "NOTHING": ("nothing learned", "nekas nav uzzināts"),
    "consents": ("Your consents", "Jūsu piekrišanas"),
    "state": ("State", "Stāvoklis"),
    "since": ("Since", "Kopš"),
    "until": ("Until", "Līdz"),
    "stops": ("Your restrictions and objections", "Jūsu ierobežojumi un iebildumi"),
    "kind": ("Kind", "Veids"),
    "restriction": ("restriction (GDPR 18)", "apstrādes ierobežošana (VDAR 18. pants)"),
    "objection": ("objection (GDPR 21)", "iebildums (VDAR 21. pants)"),
    "every_purpose": ("every purpose", "visi nolūki"),
    "given": ("given", "dota"),
    "renewed": ("renewed", "atjaunota"),
    "withdrawn": ("withdrawn", "atsaukta"),
    "requested": ("requested", "lūgta"),
    "deferred": ("deferred", "atlikta"),
    "refused": ("refused", "atteikta"),
    "expired": ("expired", "beigusies"),
    "revoked": ("revoked", "anulēta"),
    "invalidated": ("invalidated", "atzīta par spēkā neesošu"),
    "unknown": ("unknown", "nav zināms"),
    "assessed": ("being decided", "tiek izskatīts"),
    "upheld": ("upheld", "apmierināts"),
    "overridden": ("overridden", "noraidīts"),
    "lifted": ("ended", "izbeigts"),
    "rights": ("Your rights", "Jūsu tiesības"),
    "rights_text": (
        (
            "You may ask a register's controller to correct or erase data, to restrict "
            "their use, and you may object to it (GDPR 16, 17, 18, 21). Consent may be "
            "withdrawn at any time. You may complain to the Data State Inspectorate (Datu "
            "valsts inspekcija) or go to court."
        ),
        (
            "Jūs varat lūgt reģistra pārzini datus labot vai dzēst, ierobežot to apstrādi, "
            "kā arī iebilst pret to (VDAR 16., 17., 18. un 21. pants). Piekrišanu var "
            "atsaukt jebkurā laikā. Jūs varat iesniegt sūdzību Datu valsts inspekcijā vai "
            "vērsties tiesā."
        ),
    ),
    "no_values": (
        (
            "The log holds no facts: what registers know of you, they tell themselves. "
            "Nobody decides about you automatically here."
        ),
        (
            "Žurnālā nav pašu datu: ko reģistri par jums zina, pasaka tie paši. "
            "Automatizēti lēmumi par jums šeit netiek pieņemti."
        ),
    ),
    # ---- GDPR 30 -----------------------------------------------------------------------------
    "processing_title": (
        "Records of processing activities (GDPR, article 30)",
        "Apstrādes darbību reģistrs (VDAR 30. pants)",
    ),
    "controllers": ("Controllers", "Pārziņi"),
    "processors": ("Processors", "Apstrādātāji"),
    "service": ("Service", "Pakalpojums"),
    "subjects": ("Data subjects", "Datu subjekti"),
    "limits": ("Time limits and quantity", "Termiņi un apjoms"),
    "measures": ("Security measures (article 32)", "Drošības pasākumi (32. pants)"),
    "third_countries": ("Transfers to third countries", "Nosūtīšana uz trešajām valstīm"),
    "none": ("none", "nav"),
    "revision": ("revision", "redakcija"),
    # ---- GDPR 19 -----------------------------------------------------------------------------
    "recipients_title": (
        "Recipients to be notified (GDPR, article 19)",
        "Saņēmēji, kuriem jāpaziņo (VDAR 19. pants)",
    ),
    "recipients_text": (
        (
            "They were given these facts since the day named; each is to hear of the "
            "correction, erasure or restriction, unless that is impossible or takes "
            "disproportionate effort."
        ),
        (
            "Tie kopš norādītās dienas ir saņēmuši šos datus; katram jāpaziņo par labošanu,"
            " dzēšanu vai ierobežošanu, ja vien tas nav neiespējami vai nesamērīgi."
        ),
    ),
    "every_field": ("every field", "visi lauki"),
    # ---- GDPR 33, 34 -------------------------------------------------------------------------
    "breach_title": (
        "Personal data exposed in a breach (GDPR, articles 33 and 34)",
        "Pārkāpumā skartie personas dati (VDAR 33. un 34. pants)",
    ),
    "breached": ("What was breached", "Kas ir pārkāpts"),
    "key_year": ("Hub's keys of the year", "Mezgla atslēgas gadam"),
    "persons": ("Persons", "Personas"),
    "entries": ("Entries", "Pieraksti"),
    "unreadable": (
        "Entries about persons whose keys were destroyed",
        "Pieraksti par personām, kuru atslēgas ir iznīcinātas",
    ),
    "known_at": ("Known since", "Zināms kopš"),
    "notify_by": ("Notify the authority by", "Paziņot uzraudzības iestādei līdz"),
    "notify_text": (
        (
            "The Data State Inspectorate is to be notified within 72 hours of the breach "
            "becoming known (article 33), and the persons without undue delay where the "
            "risk to them is high (article 34). A field granted is counted as exposed, "
            "though a register may have held less."
        ),
        (
            "Par pārkāpumu 72 stundu laikā, kopš tas kļuvis zināms, jāpaziņo Datu valsts "
            "inspekcijai (33. pants), bet personām bez nepamatotas kavēšanās, ja risks tām "
            "ir augsts (34. pants). Piešķirts lauks uzskatīts par skartu, kaut reģistrā "
            "varēja būt mazāk."
        ),
    ),
    "exposures": ("What was exposed", "Kas ir atklāts"),
    "codes": ("Persons to be told", "Personas, kurām jāpaziņo"),
}
TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {name: row[0] for name, row in _ROWS.items()},
    "lv": {name: row[1] for name, row in _ROWS.items()},
}
"""Language to name to text."""
