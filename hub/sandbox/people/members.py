"""Who the personas and their families are: name, birth and fixed code, whatever the seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from types import MappingProxyType
from typing import Final

from hub.sandbox.people.births import born_on
from hub.sandbox.people.codes import PERSONA_YEAR, complete
from hub.sandbox.people.draft import Draft
from hub.sandbox.people.homes import split
from hub.sandbox.people.life import CodeKind, CodeSpan, Sex, Stay

FIRST_SERIAL: Final = 30_000_000
"""Above every generated person's serial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of them.

    Attributes:
        number: Unique, below a thousand; the code is made of it.
        years: Completed years of life on the day the people are made for.
        month, day: Birthday.
        new: Whether the code is of the new generation.
    """

    number: int
    first: str
    last: str
    sex: Sex
    years: int
    month: int
    day: int
    new: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def code(self) -> str:
        """Current code, eleven digits."""
        return self.new_code if self.new else self.old_code

    @property
    def new_code(self) -> str:
        """Code of the new generation, ``38…``."""
        return complete(f"38{self.number:08}")

    @property
    def old_code(self) -> str:
        """Code of the old generation with the year 1879."""
        return complete(f"{self.day:02}{self.month:02}{PERSONA_YEAR}0{self.number:03}")

    @property
    def generated_code(self) -> str:
        """Code that VSAA would have generated, above every one of a generated person."""
        return complete(f"399{self.number:07}")


def _member(number: int, name: str, sex: str, years: int, birthday: str, *, new: bool) -> Member:
    first, last = name.split()
    day, month = birthday.split(".")
    return Member(
        number=number,
        first=first,
        last=last,
        sex=Sex.FEMALE if sex == "F" else Sex.MALE,
        years=years,
        month=int(month),
        day=int(day),
        new=new,
    )


MEMBERS: Final[Mapping[str, Member]] = MappingProxyType(
    {
        key: _member(number, name, sex, years, birthday, new=generation == "new")
        for number, (key, name, sex, years, birthday, generation) in enumerate(
            (
                ("ilze", "Ilze Sūnukalna", "F", 36, "14.03", "old"),
                ("andris", "Andris Sūnukalns", "M", 38, "02.09", "old"),
                ("marta", "Marta Sūnukalna", "F", 8, "21.05", "new"),
                ("emils", "Emīls Sūnukalns", "M", 4, "30.01", "new"),
                ("gunta", "Gunta Mežmala", "F", 47, "11.11", "old"),
                ("peteris", "Pēteris Lagzds", "M", 52, "05.06", "old"),
                ("vija", "Vija Upmala", "F", 44, "19.02", "old"),
                ("kristaps", "Kristaps Pūpols", "M", 15, "08.08", "old"),
                ("zenta", "Zenta Pūpola", "F", 58, "27.04", "old"),
                ("daina", "Daina Pūpola", "F", 46, "16.12", "old"),
                ("laima", "Laima Kārkla", "F", 50, "03.10", "old"),
                ("juris", "Juris Kārkls", "M", 51, "23.07", "old"),
                ("toms", "Toms Vējmals", "M", 6, "12.06", "new"),
                ("baiba", "Baiba Strazda", "F", 41, "09.09", "old"),
                ("normunds", "Normunds Asars", "M", 39, "17.01", "old"),
                ("rudolfs", "Rūdolfs Ezers", "M", 33, "25.02", "new"),
                ("alise", "Alise Zemgala", "F", 7, "04.04", "new"),
                ("sanita", "Sanita Zemgala", "F", 40, "28.08", "old"),
                ("mareks", "Mareks Zemgals", "M", 42, "13.05", "old"),
                ("una", "Una Apse", "F", 7, "04.04", "new"),
                ("inga", "Inga Apse", "F", 28, "06.03", "old"),
                ("imants", "Imants Dižbērzs", "M", 78, "18.11", "old"),
                ("niks", "Niks Ozolkalns", "M", 22, "20.10", "old"),
                ("madara", "Madara Liepkalna", "F", 3, "07.07", "new"),
                ("olena", "Olena Kovaļa", "F", 35, "22.04", "new"),
                ("sandis", "Sandis Tīrums", "M", 29, "10.05", "old"),
                ("harijs", "Harijs Žagats", "M", 57, "24.06", "old"),
                ("signe", "Signe Liepkalna", "F", 31, "15.09", "old"),
            ),
            start=1,
        )
    }
)


def drafted(key: str, today: date) -> Draft:
    """Return a persona's empty life: names, codes, birth."""
    member = MEMBERS[key]
    born = born_on(today, member.years, member.month, member.day)
    kind = CodeKind.NEW if member.new else CodeKind.OLD
    return Draft(
        rng=Random(member.number),  # noqa: S311 - made-up people, no secrets
        today=today,
        serial=FIRST_SERIAL + member.number,
        seed=member.number,
        sex=member.sex,
        codes=(CodeSpan(code=member.code, kind=kind, begins=born, ends=None),),
        first=member.first,
        last=member.last,
        born=born,
    )


def lives_at(draft: Draft, territory: str, address: str, since: date) -> None:
    """Declare a residence from ``since`` or birth until death or the record's closing."""
    stay = Stay(
        territory=territory, address=address, begins=max(since, draft.born), ends=draft.ended_on
    )
    draft.stays.extend(split(stay, draft.today))
