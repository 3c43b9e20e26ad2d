"""The named fictional people that README, GraphiQL and the tests speak of.

Names and codes never change; their lives are told from the day the people are made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.sandbox.people.life import Life
from hub.sandbox.people.members import MEMBERS
from hub.sandbox.people.stories import STORIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One of them.

    Attributes:
        key: Short name for programs: ``ilze``.
        code: Personal code in its canonical form, with the dash.
        about_en, about_lv: Who that is.
        shows: What a question about that person shows.
    """

    key: str
    name: str
    code: str
    about_en: str
    about_lv: str
    shows: str


_TOLD: Final = (
    (
        "ilze",
        "Mother of two in Rīga, unemployed for three months; family under a means test",
        "Divu bērnu māte Rīgā, trīs mēnešus bez darba; ģimene lūdz sociālo palīdzību",
        "benefits with payments, one of which (sickness) reveals health and is withheld by value",
    ),
    (
        "andris",
        "Ilze's husband, a mechanic",
        "Ilzes vīrs, mehāniķis",
        "income of a working adult; no record at the disability register",
    ),
    (
        "marta",
        "Their daughter of eight, vaccinated as the calendar has it",
        "Viņu astoņgadīgā meita, vakcinēta atbilstoši kalendāram",
        "vaccination complete",
    ),
    (
        "emils",
        "Their son of four, vaccination overdue",
        "Viņu četrgadīgais dēls ar nokavētu vakcināciju",
        "vaccination overdue",
    ),
    (
        "gunta",
        "Group II disability with assistant; lived in Varakļāni, hence Madona since 2025-07-01",
        "II invaliditātes grupa, asistents; dzīvoja Varakļānos, no 01.07.2025. Madonas novads",
        "disability with opinions; a territory that changed under the same roof",
    ),
    (
        "peteris",
        "Two disability decisions at once: work accident (III) and illness (II)",
        "Divi vienlaikus spēkā esoši lēmumi: nelaimes gadījums darbā (III) un slimība (II)",
        "the rule among simultaneous decisions",
    ),
    (
        "vija",
        "Disability decided a month ago with effect from half a year ago",
        "Invaliditāte noteikta pirms mēneša ar spēku pirms pusgada",
        "the state at a date and the day it became known",
    ),
    (
        "harijs",
        "All ability to work lost; could no longer be unemployed",
        "Zaudētas visas darbspējas, tāpēc zaudēts bezdarbnieka statuss",
        "an end reason that reveals health",
    ),
    (
        "kristaps",
        "Orphan of fifteen in his aunt's guardianship, with an orphan certificate",
        "Piecpadsmitgadīgs bārenis tantes aizbildnībā, ar bāreņa apliecību",
        "out-of-home care, orphan certificate, survivor's pension with a payee",
    ),
    (
        "zenta",
        "Kristaps' guardian",
        "Kristapa aizbildne",
        "guardian's benefit, which reveals child protection and is withheld by value",
    ),
    (
        "daina",
        "Kristaps' mother, who died six years ago",
        "Kristapa māte, mirusi pirms sešiem gadiem",
        "a dead person",
    ),
    (
        "laima",
        "Foster parent in Valmiera",
        "Audžumāte Valmierā",
        "foster parent's benefit",
    ),
    (
        "toms",
        "Foster child of six; one measles dose was entered in error",
        "Sešgadīgs bērns audžuģimenē; viena masalu pote ievadīta kļūdaini",
        "an entry in error does not count",
    ),
    (
        "baiba",
        "Teacher, permitted to work with children",
        "Skolotāja, drīkst strādāt ar bērniem",
        "specialist permitted, training valid",
    ),
    (
        "normunds",
        "Coach, not permitted to work with children",
        "Treneris, nedrīkst strādāt ar bērniem",
        "specialist not permitted, the reason untold",
    ),
    (
        "rudolfs",
        "Exchanged his old code for one of the new generation",
        "Nomainījis veco personas kodu pret jauno",
        "old and new code find one history",
    ),
    (
        "olena",
        "Came as a refugee, worked under VSAA's generated code, then got a personal code",
        "Bēgle; strādāja ar VSAA ģenerētu kodu, vēlāk saņēma personas kodu",
        "generated code; a benefit that reveals origin",
    ),
    (
        "alise",
        "Adopted child of seven under her new code",
        "Adoptēts septiņgadīgs bērns ar jauno kodu",
        "nothing leads to the former code",
    ),
    (
        "una",
        "The former code of an adopted child; its record is closed",
        "Adoptēta bērna iepriekšējais kods; ieraksts slēgts",
        "answers as if there were no such person",
    ),
    (
        "imants",
        "Old-age pensioner of 78",
        "78 gadus vecs vecuma pensionārs",
        "old-age pension",
    ),
    (
        "niks",
        "Known to the population register and to no other",
        "Zināms tikai Fizisko personu reģistram",
        "no record in any register",
    ),
    (
        "madara",
        "Child of three, whose code is of the new generation",
        "Trīsgadīgs bērns ar jaunās paaudzes kodu",
        "a code that tells nothing of birth",
    ),
    (
        "sandis",
        "Known to social insurance only, by one sickness benefit",
        "Zināms tikai VSAA, ar vienu slimības pabalstu",
        "withheld by value looks like no record",
    ),
)


def personas() -> Sequence[Persona]:
    """Return all personas, for listing."""
    return tuple(
        Persona(
            key=key,
            name=MEMBERS[key].name,
            code=f"{MEMBERS[key].code[:6]}-{MEMBERS[key].code[6:]}",
            about_en=about_en,
            about_lv=about_lv,
            shows=shows,
        )
        for key, about_en, about_lv, shows in _TOLD
    )


def cast(today: date) -> list[Life]:
    """Return the lives of the personas and of those who belong to them, whatever the seed."""
    return [person.finish() for story in STORIES for person in story(today)]
