"""The Person join: composed from the registers found, edited by nobody for a new one."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, cast

import strawberry
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.tools import create_type
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from hub.model import evidence
from hub.model.catalogue import Category
from hub.model.personal_code import PersonalCode
from hub.ports import Answers
from schemas import registers
from schemas.field import described, leaf, value


@strawberry.enum(
    description=described("Why a register's part of a person is null", "datu neesības iemesls")
)
class AbsenceCode(Enum):
    """Published form of ``hub.model.evidence.AbsenceCode``; names agree."""

    SUBJECT_NOT_FOUND = value(
        "SUBJECT_NOT_FOUND",
        "No such person, or outside the agreement's scope",
        "persona nav atrasta",
    )
    NO_RECORD = value("NO_RECORD", "The register has no record to show", "nav ieraksta")
    NO_CONSENT = value("NO_CONSENT", "The person's consent is not in force", "nav piekrišanas")
    RESTRICTED = value(
        "RESTRICTED", "The person restricted or objected to this use", "apstrāde ierobežota"
    )
    REGISTER_UNAVAILABLE = value(
        "REGISTER_UNAVAILABLE", "The register does not answer now", "reģistrs neatbild"
    )
    TOO_STALE = value("TOO_STALE", "What is known is too old to disclose", "dati ir novecojuši")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a module of ``schemas.registers`` exports as ``REGISTER``.

    Attributes:
        register: Published name, the field of ``Person``: ``socialInsurance``.
        resolver: ``def disability(self, info, on=None) -> Disability | None``, annotated in full;
            its body is ``return answer(self, info, "disability", on=on)``.
        en, lv: Description of the field.
    """

    register: str
    resolver: Callable[..., object]
    en: str
    lv: str


def answer(person: Any, info: Info, register: str, /, **arguments: object) -> Any:  # noqa: ANN401 — the published types differ
    """Return one register's published object for ``person``; nothing is asked of anybody here.

    Args:
        person: The ``Person`` being answered.
        info: Its context is ``hub.ports.Answers``.
        register: Published name.
        arguments: The field's arguments by GraphQL name (``from`` by ``**{"from": …}``).
    """
    answers: Answers = info.context
    given = {name: None if value is UNSET else value for name, value in arguments.items()}
    return answers.part(person.personal_code, register, given)


@strawberry.type(
    description=described("A register's part that is missing, and why", "datu neesība")
)
class Absence:
    """Typed absence (DESIGN.md invariant 5); free under every agreement."""

    register: str | None = leaf(
        Category.ADMINISTRATIVE, "Register; null means the person", "reģistrs"
    )
    code: AbsenceCode = leaf(Category.ADMINISTRATIVE, "Why the part is missing", "iemesls")
    retry_after_seconds: int | None = leaf(
        Category.ADMINISTRATIVE, "Seconds until asking again makes sense", "mēģināt vēlreiz pēc"
    )
    known_as_of: datetime | None = leaf(
        Category.ADMINISTRATIVE,
        "Instant of what this agreement once got, where it is too old now or told as stale",
        "pēdējie zināmie dati uz brīdi",
    )

    @classmethod
    def of(cls, known: evidence.Absence) -> "Absence":
        """Publish what the hub knows of an absence."""
        return cls(
            register=known.register,
            code=AbsenceCode[known.code.name],
            retry_after_seconds=known.retry_after_s,
            known_as_of=known.known_as_of,
        )


def _absences(self: Any, info: Info) -> list[Absence]:  # noqa: ANN401 — Person is composed below
    return [Absence.of(known) for known in info.context.absences(self.personal_code)]


def found() -> Sequence[Registered]:
    """Return the published registers in the order of their names."""
    modules = (
        importlib.import_module(f"{registers.__name__}.{module.name}")
        for module in pkgutil.iter_modules(registers.__path__)
    )
    return sorted((module.REGISTER for module in modules), key=lambda part: part.register)


def compose(parts: Sequence[Registered]) -> type:
    """Return the published ``Person`` with one nullable field per register."""
    own: list[StrawberryField] = [
        _own("personal_code", PersonalCode, leaf(Category.IDENTITY, "Code asked", "personas kods")),
        _resolved(
            "absences",
            _absences,
            "What is missing, and why",
            "kā trūkst un kāpēc",
            publish=Absence.of,
        ),
    ]
    return create_type(
        "Person",
        own + [_field(part) for part in parts],
        description=described("A person as the registers know them", "persona"),
    )


def _own(name: str, annotation: object, field: StrawberryField) -> StrawberryField:
    field.python_name = name
    field.type_annotation = StrawberryAnnotation(annotation)
    return field


def _field(part: Registered) -> StrawberryField:
    return _resolved(part.register, part.resolver, part.en, part.lv, register=part.register)


def _resolved(
    name: str, resolver: Callable[..., object], en: str, lv: str, **metadata: object
) -> StrawberryField:
    field: object = strawberry.field(
        resolver=resolver, name=name, description=described(en, lv), metadata=metadata
    )
    return cast("StrawberryField", field)
