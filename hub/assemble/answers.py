"""What an operation's evidence amounts to, person by person, before anything is written."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

import msgspec
import structlog
from msgspec import Struct

from hub.assemble.absent import absence_of, nothing
from hub.assemble.hiding import hide
from hub.assemble.presenting import View, view_of
from hub.model.agreement import Agreement
from hub.model.catalogue import Catalogue, FieldId
from hub.model.evidence import (
    Absence,
    AbsenceCode,
    Failure,
    Found,
    Kept,
    Outcome,
    Provenance,
    Subject,
    Unavailable,
)
from hub.model.personal_code import PersonalCode
from hub.ports import Connector

log = structlog.get_logger()

MALFORMED_RETRY_S: Final = 60
"""When to ask again about a record that could not be read: somebody must mend it first."""
_SLICE: Final = 32
_TURN_S: Final = 0.002
"""So many persons between looks at the clock, and so long before others have their turn."""
_MOST_VIEWS: Final = 4

ArgumentsKey: TypeAlias = tuple[tuple[str, object], ...]
Show: TypeAlias = Callable[[object], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One register field of the operation, with the arguments it is presented under.

    Attributes:
        sent: Arguments as resolvers see them. ``filled``: the same with the agreement's default
            period in place of what was left out.
        about: Codes asked under its root field; it is answered of nobody else. None: of everybody.
        leaves: Granted leaves asked below it.
        needs: Leaves that must be fetched to answer them.
        place: Position among the operation's parts.
        show: From the published object to what stands in the answer; None where graphql-core
            executes.
        likeness: Two parts with the same likeness make the same of the same facts: stands for
            everything that decides it, the day included.
    """

    register: str
    sent: Mapping[str, Any]
    filled: Mapping[str, Any]
    about: frozenset[PersonalCode] | None
    leaves: frozenset[FieldId]
    needs: frozenset[FieldId] = frozenset()
    place: int = 0
    show: Show | None = None
    likeness: object = None


class Evidence(Struct, frozen=True, kw_only=True):
    """Everything fetched for one operation.

    Attributes:
        subjects: By code asked; a code that is not found, or out of scope, is missing.
        outcomes: Register to (current code to outcome).
        barred: Persons and registers not asked: no consent, or a restriction.
        unknown: Set when the population register failed: nobody could be looked up.
    """

    subjects: Mapping[PersonalCode, Subject]
    outcomes: Mapping[str, Mapping[PersonalCode, Outcome]] = msgspec.field(default_factory=dict)
    barred: Mapping[tuple[PersonalCode, str], AbsenceCode] = msgspec.field(default_factory=dict)
    unknown: Unavailable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, apart from whom: the same for many requests.

    Attributes:
        places: How many parts have a place in a person's answer.
    """

    catalogue: Catalogue
    connectors: Mapping[str, Connector]
    today: date
    parts: Sequence[Part] = ()
    value_classes: Collection[FieldId] = frozenset()
    agreements: Sequence[Agreement] = ()
    used: Mapping[str, int] = field(default_factory=dict)
    by_register: Mapping[str, Sequence[Part]] = field(init=False)
    places: int = field(init=False)

    def __post_init__(self) -> None:
        """Sort the parts by register, once for everybody."""
        grouped: dict[str, list[Part]] = {}
        for part in self.parts:
            grouped.setdefault(part.register, []).append(part)
        object.__setattr__(self, "by_register", grouped)
        places = max((part.place for part in self.parts), default=-1) + 1
        object.__setattr__(self, "places", places)


_NOBODY: Final[Mapping[PersonalCode, Outcome]] = {}


class Answers:
    """Implements ``hub.ports.Answers`` over one operation's evidence; to be mapped once.

    Attributes:
        others: Persons embedded in what is shown of others, by how they came in.
        told: By current code, register to outcome.
        failures: Registers that failed for anybody.
        odd: Whether something was found that only the exact pass can tell.
    """

    def __init__(self, asked: Asked, evidence: Evidence) -> None:
        """Take the evidence; ``map_all`` or ``map_in_turns`` looks at it."""
        self._asked = asked
        self._evidence = evidence
        self._values: dict[PersonalCode, list[object]] = {}
        self._published: dict[tuple[PersonalCode, str, ArgumentsKey], object | None] = {}
        self._absences: dict[PersonalCode, Sequence[Absence]] = {}
        self._embedded: list[tuple[Subject, Part, frozenset[PersonalCode]]] = []
        self._hidden: set[PersonalCode] = set()
        self._words: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self.others: dict[PersonalCode, set[str]] = {}
        self.told: dict[PersonalCode, Mapping[str, str]] = {}
        self.failures: dict[str, Unavailable] = {}
        self.odd = False
        if evidence.unknown:
            self.failures["population"] = evidence.unknown
        self._places = asked.places

    def map_all(self) -> None:
        """Map all parts of all persons; a record that cannot be mapped fails its register only."""
        for subject in self._evidence.subjects.values():
            self._map(subject)

    async def map_in_turns(self) -> None:
        """Do the same, and let others have their turn every few milliseconds."""
        began = time.perf_counter()
        for number, subject in enumerate(self._evidence.subjects.values(), 1):
            self._map(subject)
            if number % _SLICE == 0 and time.perf_counter() - began > _TURN_S:
                await asyncio.sleep(0)
                began = time.perf_counter()

    def hide(self, codes: Collection[PersonalCode]) -> None:
        """Leave persons out wherever they are embedded in what is shown of others."""
        if not codes:
            return
        self._hidden |= set(codes)
        for published in self._published.values():
            hide(published, codes)
        for subject, part, embedded in self._embedded:
            if not embedded.isdisjoint(codes) and part.show:
                published = self._present(subject, part)
                hide(published, codes)
                self._keep(subject, part, published)
        for code in codes:
            self.others.pop(code, None)

    def embedding(self, codes: Collection[PersonalCode]) -> set[PersonalCode]:
        """Return the current codes of those in whose records one of ``codes`` is embedded."""
        return {s.current for s, _, embedded in self._embedded if not embedded.isdisjoint(codes)}

    # -- read by resolvers and plans ----------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """What is published."""
        return self._asked.catalogue

    @property
    def agreements(self) -> Sequence[Agreement]:
        """The caller's agreements in force."""
        return self._asked.agreements

    @property
    def used(self) -> Mapping[str, int]:
        """Quota used by agreement number."""
        return self._asked.used

    def distinct(self, codes: Sequence[PersonalCode]) -> list[PersonalCode]:
        """Return ``codes``, each person once, in the order first asked."""
        subjects = self._evidence.subjects
        kept: dict[PersonalCode, PersonalCode] = {}
        for code in codes:
            subject = subjects.get(code)
            kept.setdefault(subject.codes[0] if subject else code, code)
        return list(kept.values())

    def of_root(self, places: Sequence[int], code: PersonalCode) -> Sequence[object]:
        """Return what stands in the answer for some parts of a person."""
        values = self._values.get(code) or [None] * self._places
        return values if len(places) == self._places else [values[place] for place in places]

    def part(self, code: PersonalCode, register: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 — the published types differ
        """Return the published object of one register and person, or None."""
        key = arguments_key(arguments)
        at = (code, register, key)
        if at not in self._published:
            self._published[at] = self._again(code, register, key)
        return self._published[at]

    def absences(self, code: PersonalCode) -> Sequence[Absence]:
        """Return what is missing of that person, by register asked."""
        if code in self._absences:
            return self._absences[code]
        if self._evidence.unknown:
            return (absence_of(None, self._evidence.unknown),)
        return (Absence(register=None, code=AbsenceCode.SUBJECT_NOT_FOUND),)

    # -- mapped once --------------------------------------------------------------------------

    def _map(self, subject: Subject) -> None:
        asked, current = subject.asked, subject.codes[0]
        self._values[asked] = [None] * self._places
        words: list[tuple[str, str]] = []
        absences: list[Absence] = []
        for register, everyone in self._asked.by_register.items():
            parts = everyone if everyone[0].about is None else _about(everyone, asked)
            if not parts:
                continue
            word, absence = self._register(subject, current, register, parts)
            words.append((register, word))
            if absence:
                absences.append(absence)
        told = tuple(words)
        if current in self.told:
            self.told[current] = {**self.told[current], **dict(told)}
        else:
            # one mapping for all who are told of alike: entries are made from it by the hundred
            self.told[current] = self._words.get(told) or self._words.setdefault(told, dict(told))
        self._absences[asked] = tuple(absences)

    def _register(
        self, subject: Subject, current: PersonalCode, register: str, parts: Sequence[Part]
    ) -> tuple[str, Absence | None]:
        """Map one register of one person; return the word for the log, and what is missing."""
        if self._evidence.barred:
            barred = self._evidence.barred.get((current, register))
            if barred:
                return barred.lower(), Absence(register=register, code=barred)
        outcome = self._evidence.outcomes.get(register, _NOBODY).get(current)
        if isinstance(outcome, Found):
            return self._found(subject, register, parts, outcome)
        if isinstance(outcome, Unavailable):
            self.failures.setdefault(register, outcome)
            return outcome.failure, absence_of(register, outcome)
        return "absent", nothing(register, outcome)

    def _found(
        self, subject: Subject, register: str, parts: Sequence[Part], outcome: Found
    ) -> tuple[str, Absence | None]:
        try:
            views = [self._view(register, part, outcome) for part in parts]
        except Exception as error:  # noqa: BLE001 — whatever a mapping raises fails its register only
            log.warning("register_malformed", register=register, error=type(error).__name__)
            failed = Unavailable(failure=Failure.MALFORMED, retry_after_s=MALFORMED_RETRY_S)
            self.failures.setdefault(register, failed)
            return failed.failure, absence_of(register, failed)
        anything = False
        values = self._values[subject.asked]
        for part, view in zip(parts, views, strict=True):
            if view.empty:
                continue
            anything = True
            values[part.place] = view.value
            self.odd = self.odd or view.odd
            if part.show is None:
                self._published[subject.asked, register, arguments_key(part.sent)] = view.value
            if view.embedded:
                self._embedded.append((subject, part, view.embedded))
                for relation, code in view.counted:
                    self.others.setdefault(code, set()).add(relation)
        if anything:
            return ("stale" if outcome.stale else "found"), None
        return "withheld_or_empty", nothing(register, outcome)

    def _view(self, register: str, part: Part, outcome: Found) -> View:
        """Return what a part shows of a record, from the record's own memory where it has one."""
        if not isinstance(outcome, Kept) or part.show is None:
            return self._made(register, part, outcome, encode=False)
        views = outcome.views
        known = views.get(part.likeness)
        if isinstance(known, View):
            return known
        view = self._made(register, part, outcome, encode=True)
        if not view.odd:
            if len(views) >= _MOST_VIEWS:
                views.clear()
            views[part.likeness] = view
        return view

    def _made(self, register: str, part: Part, outcome: Found, *, encode: bool) -> View:
        connector = self._asked.connectors[register]
        published = self._presented(connector, part, outcome)
        return view_of(published, connector, part.leaves, part.show, encode=encode)

    def _presented(self, connector: Connector, part: Part, outcome: Found) -> object | None:
        asked = self._asked
        facts = outcome.facts.withhold(asked.value_classes)
        if facts.is_empty():
            return None
        return connector.present(
            facts, part.filled, Provenance.of(connector.manifest, outcome), asked.today
        )

    # -- looked at again ----------------------------------------------------------------------

    def _again(self, code: PersonalCode, register: str, key: ArgumentsKey) -> object | None:
        """Present a part anew, for the exact pass; all that can be found was found by mapping."""
        subject = self._evidence.subjects.get(code)
        for part in self._asked.by_register.get(register, ()):
            about = part.about is None or code in part.about
            if subject and about and arguments_key(part.sent) == key:
                published = self._present(subject, part)
                if self._hidden:
                    hide(published, self._hidden)
                return published
        return None

    def _present(self, subject: Subject, part: Part) -> object | None:
        register, current = part.register, subject.current
        outcome = self._evidence.outcomes.get(register, _NOBODY).get(current)
        word = self.told.get(current, {}).get(register)
        if not isinstance(outcome, Found) or word not in {"found", "stale"}:
            return None
        return self._presented(self._asked.connectors[register], part, outcome)

    def _keep(self, subject: Subject, part: Part, published: object | None) -> None:
        try:
            shown = None if published is None or part.show is None else part.show(published)
        except Exception:  # noqa: BLE001 — whatever it is, the exact pass tells it
            self.odd = True
            return
        self._values[subject.asked][part.place] = shown


def _about(parts: Sequence[Part], code: PersonalCode) -> list[Part]:
    return [part for part in parts if part.about is None or code in part.about]


def arguments_key(arguments: Mapping[str, Any]) -> ArgumentsKey:
    """Return a hashable form of a field's arguments."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(arguments.items())
    )
