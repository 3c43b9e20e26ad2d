"""The day: ordinary work by the questions' table, persons who ask who looked, and some misuse."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import yaml

from hub.model.personal_code import PersonalCode
from hub.sandbox.people.personas import personas
from hub.sandbox.traffic.act import Act, about
from hub.sandbox.traffic.people import Residents, nobody

RIGA: Final = ZoneInfo("Europe/Riga")
RIGA_HOME: Final = "0001000"
SATURDAY: Final = 5
SWEEP: Final = """
query Sweep($code: PersonalCode!, $on: Date!) {
  person(personalCode: $code) { disability(on: $on) { status group } }
}
"""
USAGE: Final = """
query WhoLooked {
  usage(first: 20) { usages { at recipient { name } registers { register } } }
}
"""
GIVE: Final = (
    "mutation Give($agreement: String!) { giveConsent(agreement: $agreement) { id } }",
    "NVO-2026-001",
)
WITHDRAW: Final = (
    "mutation Withdraw($agreement: String!) { withdrawConsent(agreement: $agreement) { id } }",
    "NVO-2026-001",
)
OBJECT: Final = (
    "mutation Object($agreement: String!) { objectTo(agreement: $agreement) { id } }",
    "MSD-2026-001",
)
SEARCH: Final = """
query Search($filter: AccessLogFilter, $reason: String!) {
  accessLog(filter: $filter, first: 50, reason: $reason) { entries { at official case registers } }
}
"""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of ``questions.yaml``.

    Attributes:
        often: Times a day. ``batch``: most persons at once.
        case: Beginning of case numbers; ``one_case`` is a whole one.
    """

    key: str
    client: str
    agreement: str
    asks: str
    often: int
    hours: tuple[int, int]
    home: str = ""
    personas: tuple[str, ...] = ()
    batch: int = 1
    case: str = ""
    one_case: str = ""
    officials: tuple[str, ...] = ()


@cache
def questions() -> Sequence[Question]:
    """Return the table of ordinary work."""
    text = (files(__package__) / "questions.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[Question, ...])


def working_day(today: date) -> date:
    """Return the last working day before ``today``."""
    day = today - timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


def officials(homes: Residents) -> Mapping[tuple[str, str], PersonalCode]:
    """Return who the officials are in private, by institution and number.

    RD-103 is Andris, whose wife and children are personas; the others are residents of Rīga.
    """
    offices = [("RD-LD", f"RD-{number}") for number in range(101, 109)]
    offices += [("RD-IKSD", "IZG-11"), ("RD-IKSD", "IZG-12"), ("RBT", "RBT-7")]
    known = dict(zip(offices, homes[RIGA_HOME], strict=False))
    return known | {("RD-LD", "RD-103"): _personas()["andris"]}


def sought() -> list[PersonalCode]:
    """Return whom curiosity seeks: Imants, say, was in the newspapers."""
    return [_personas()["imants"]]


def day(of: date, homes: Residents, seed: int = 1) -> list[Act]:
    """Return everything of the day, in order.

    Args:
        of: The day, in Rīga.
        homes: Who lives where.
        seed: Another day with the same people for another number.
    """
    dice = Random(f"{seed} {of}")  # noqa: S311 — made-up traffic
    acts = [act for question in questions() for act in _ordinary(question, of, homes, dice)]
    acts += _misuse(of, homes, dice)
    acts += _accountable(of)
    return sorted(acts, key=lambda act: act.at)


def _ordinary(question: Question, of: date, homes: Residents, dice: Random) -> Iterator[Act]:
    cases = [f"{question.case}/{dice.randrange(100, 999)}" for _ in range(max(4, question.often))]
    for number in range(question.often):
        first, last = question.hours
        many = dice.randint(2, question.batch) if question.batch > 1 else 1
        codes = _whom(question, many, homes, dice)
        query, variables = about(codes, question.asks)
        yield Act(
            at=_moment(of, dice.uniform(first, last + 1)),
            client=question.client,
            agreement=question.agreement,
            query=query,
            variables=variables,
            case=question.one_case or (cases[number] if question.case else None),
            official=dice.choice(question.officials) if question.officials else None,
        )


def _whom(question: Question, many: int, homes: Residents, dice: Random) -> list[PersonalCode]:
    """Return whom a question is about; now and then somebody from elsewhere, or nobody at all."""
    if question.personas:
        codes = _personas()
        return [codes[dice.choice(question.personas)]]
    home = question.home or dice.choice([place for place in homes if homes[place]])
    pool = homes.get(home) or homes[RIGA_HOME]
    found = {dice.choice(pool) for _ in range(many)}
    if dice.random() < 0.03:  # noqa: PLR2004 — a slip of the pen now and then
        found.add(nobody(dice))
    return sorted(found)[:many]


def _misuse(of: date, homes: Residents, dice: Random) -> Iterator[Act]:
    """Yield what an officer should find; each kind by another official."""
    who, codes, riga = officials(homes), _personas(), homes[RIGA_HOME]
    income = _question("irregular-income")
    yield _look(of, 13.2, income, [who["RD-LD", "RD-105"]], "RD-105", "SP-2026/901")
    for hour, key in ((12.1, "ilze"), (12.15, "marta"), (12.2, "emils")):  # a colleague's family
        yield _look(of, hour, income, [codes[key]], "RD-104", "SP-2026/902")
    for number in range(6):  # by night
        code = dice.choice(riga)
        yield _look(of, 2.4 + number / 20, _question("assistant"), [code], "RD-107", "AS-2026/903")
    for number in range(90):  # a sudden volume, one case for everybody
        code = dice.choice(riga)
        yield _look(of, 14 + number / 60, income, [code], "RD-102", "SP-2026/904")
    for number in range(70):  # codes tried out, hardly any of them somebody's
        code = nobody(dice)
        yield _look(of, 15 + number / 120, _question("specialists"), [code], "IZG-12", None)
    yield _look(of, 10.7, income, [codes["imants"]], "RD-103", "SP-2026/905")  # on the VIP list
    for number in range(36):  # one person's status, month after month
        on = of - timedelta(days=30 * number)
        variables: dict[str, object] = {"code": str(codes["gunta"]), "on": on.isoformat()}
        yield Act(
            at=_moment(of, 16.5 + number / 200),
            client="transport-operator",
            agreement="ATD-2026-001",
            query=SWEEP,
            variables=variables,
        )


def _accountable(of: date) -> Iterator[Act]:
    """Yield what persons and officers ask of the log itself."""
    codes = _personas()
    for hour, key in ((18.3, "ilze"), (19.1, "gunta"), (20.6, "imants"), (21.2, "ilze")):
        yield Act(
            at=_moment(of, hour),
            client="citizen-portal",
            agreement="DVI-2026-002",
            query=USAGE,
            variables={},
            person=codes[key],
        )
    said = (
        (9.4, "andris", GIVE),  # joins Ilze, who consented before
        (12.6, "andris", WITHDRAW),
        (19.5, "gunta", OBJECT),
    )
    for hour, key, (query, agreement) in said:
        yield Act(
            at=_moment(of, hour),
            client="citizen-portal",
            agreement="DVI-2026-002",
            query=query,
            variables={"agreement": agreement},
            person=codes[key],
        )
    questions: tuple[tuple[str, str, dict[str, str], str], ...] = (
        ("dpo", "DVI-2026-001", {"official": "RD-107"}, "Look-ups by night, as every morning"),
        ("dpo-riga", "DVI-2026-003", {}, "Monthly review of a random sample"),
    )
    for number, (client, agreement, wanted, reason) in enumerate(questions):
        yield Act(
            at=_moment(of, 17.5 + number / 10),
            client=client,
            agreement=agreement,
            query=SEARCH,
            variables={"filter": wanted, "reason": reason},
        )


def _look(
    of: date,
    hour: float,
    question: Question,
    whom: Sequence[PersonalCode],
    official: str,
    case: str | None,
) -> Act:
    query, variables = about(list(whom), question.asks)
    return Act(
        at=_moment(of, hour),
        client=question.client,
        agreement=question.agreement,
        query=query,
        variables=variables,
        case=case,
        official=official,
    )


def _question(key: str) -> Question:
    return next(each for each in questions() if each.key == key)


def _moment(of: date, hour: float) -> datetime:
    """Return an instant of the day; ``hour`` counts from midnight in Rīga."""
    return datetime.combine(of, time(), RIGA) + timedelta(seconds=int(hour * 3600))


@cache
def _personas() -> Mapping[str, PersonalCode]:
    return {each.key: PersonalCode.parse(each.code) for each in personas()}
