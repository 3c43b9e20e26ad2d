"""What resolvers read: every part of every person, mapped before execution begins."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import structlog

from hub.assemble.hiding import hide
from hub.errors import Code, RegisterError
from hub.model.agreement import Agreement
from hub.model.caller import Client
from hub.model.catalogue import Catalogue, FieldId
from hub.model.evidence import (
    Absence,
    AbsenceCode,
    Absent,
    Failure,
    Found,
    Outcome,
    Provenance,
    Subject,
    Unavailable,
)
from hub.model.personal_code import PersonalCode
from hub.ports import Connector

log = structlog.get_logger()

MALFORMED_RETRY_S = 60
"""When to ask again about a record that could not be read: somebody must mend it first."""

ArgumentsKey = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One register field of the operation, with the arguments it is presented under.

    Attributes:
        sent: Arguments as resolvers see them. ``filled``: the same with the agreement's default
            period in place of what was left out.
        about: Codes asked under its root field; it is answered of nobody else.
        leaves: Granted leaves asked below it.
        needs: Leaves that must be fetched to answer them.
    """

    register: str
    sent: Mapping[str, Any]
    filled: Mapping[str, Any]
    about: frozenset[PersonalCode]
    leaves: frozenset[FieldId]
    needs: frozenset[FieldId] = frozenset()


_Keyed: TypeAlias = tuple[Part, ArgumentsKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything fetched for one operation.

    Attributes:
        subjects: By code asked; a code that is not found, or out of scope, is missing.
        outcomes: Register to (current code to outcome).
        barred: Persons and registers not asked: no consent, or a restriction.
        unknown: Set when the population register failed: nobody could be looked up.
    """

    subjects: Mapping[PersonalCode, Subject]
    outcomes: Mapping[str, Mapping[PersonalCode, Outcome]] = field(default_factory=dict)
    barred: Mapping[tuple[PersonalCode, str], AbsenceCode] = field(default_factory=dict)
    unknown: Unavailable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the corridor knows of the operation besides evidence."""

    client: Client
    catalogue: Catalogue
    connectors: Mapping[str, Connector]
    today: date
    parts: Sequence[Part] = ()
    codes: Sequence[PersonalCode] = ()
    value_classes: Collection[FieldId] = frozenset()
    agreements: Sequence[Agreement] = ()
    used: Mapping[str, int] = field(default_factory=dict)


class Answers:
    """Implements ``hub.ports.Answers`` over one operation's evidence."""

    def __init__(self, asked: Asked, evidence: Evidence) -> None:
        """Map all parts of all persons; a record that cannot be mapped fails its register only."""
        self._asked = asked
        self._evidence = evidence
        self._parts: dict[tuple[PersonalCode, str, ArgumentsKey], object | None] = {}
        self._absences: dict[PersonalCode, tuple[Absence, ...]] = {}
        self.others: dict[PersonalCode, set[str]] = {}
        self.told: dict[PersonalCode, dict[str, str]] = {}
        self.failures: dict[str, Unavailable] = {}
        if evidence.unknown:
            self.failures["population"] = evidence.unknown
        self._grouped: dict[str, list[_Keyed]] = {}
        for part in asked.parts:
            self._grouped.setdefault(part.register, []).append((part, arguments_key(part.sent)))
        for subject in evidence.subjects.values():
            self._map(subject)

    def hide(self, codes: Collection[PersonalCode]) -> None:
        """Leave persons out wherever they are embedded in what is shown of others."""
        for published in self._parts.values() if codes else ():
            hide(published, codes)
        for code in codes:
            self.others.pop(code, None)

    # -- read by resolvers --------------------------------------------------------------------

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
        kept: dict[PersonalCode, PersonalCode] = {}
        for code in codes:
            subject = self._evidence.subjects.get(code)
            kept.setdefault(subject.current if subject else code, code)
        return list(kept.values())

    def part(self, code: PersonalCode, register: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 — the published types differ
        """Return the published object of one register and person, or None."""
        return self._parts.get((code, register, arguments_key(arguments)))

    def absences(self, code: PersonalCode) -> Sequence[Absence]:
        """Return what is missing of that person, by register asked."""
        if code in self._absences:
            return self._absences[code]
        if self._evidence.unknown:
            return (_absence(None, self._evidence.unknown),)
        return (Absence(register=None, code=AbsenceCode.SUBJECT_NOT_FOUND),)

    # -- mapped once --------------------------------------------------------------------------

    def _map(self, subject: Subject) -> None:
        told: dict[str, str] = {}
        absences: list[Absence] = []
        for register, everyone in self._grouped.items():
            parts = [each for each in everyone if subject.asked in each[0].about]
            absence = self._register(subject, register, parts, told) if parts else None
            if absence:
                absences.append(absence)
        self.told.setdefault(subject.current, {}).update(told)
        self._absences[subject.asked] = tuple(absences)

    def _register(
        self, subject: Subject, register: str, parts: Sequence[_Keyed], told: dict[str, str]
    ) -> Absence | None:
        barred = self._evidence.barred.get((subject.current, register))
        if barred:
            told[register] = barred.lower()
            return Absence(register=register, code=barred)
        outcome = self._evidence.outcomes.get(register, {}).get(subject.current)
        match outcome:
            case Found():
                return self._found(subject, register, parts, outcome, told)
            case Unavailable():
                told[register] = outcome.failure
                self.failures.setdefault(register, outcome)
                return _absence(register, outcome)
            case _:
                told[register] = "absent"
                return _nothing(register, outcome)

    def _found(
        self,
        subject: Subject,
        register: str,
        parts: Sequence[_Keyed],
        outcome: Found,
        told: dict[str, str],
    ) -> Absence | None:
        connector = self._asked.connectors[register]
        try:
            shown = [*self._present(connector, parts, outcome)]
        except Exception as error:  # noqa: BLE001 — whatever a mapping raises fails its register only
            log.warning("register_malformed", register=register, error=type(error).__name__)
            failed = Unavailable(failure=Failure.MALFORMED, retry_after_s=MALFORMED_RETRY_S)
            told[register] = failed.failure
            self.failures.setdefault(register, failed)
            return _absence(register, failed)
        for (part, key), published in zip(parts, shown, strict=True):
            self._parts[subject.asked, register, key] = published
            self._count_others(connector, part, published)
        if any(published is not None for published in shown):
            told[register] = "stale" if outcome.stale else "found"
            return None
        told[register] = "withheld_or_empty"
        return _nothing(register, outcome)

    def _present(
        self, connector: Connector, parts: Sequence[_Keyed], outcome: Found
    ) -> Iterator[object | None]:
        facts = outcome.facts.withhold(self._asked.value_classes)
        manifest = connector.manifest
        provenance = Provenance(
            register=manifest.name,
            controller=manifest.controller,
            source=manifest.source,
            as_of=outcome.as_of,
            fetched_at=outcome.fetched_at,
            cached=outcome.cached,
            stale=outcome.stale,
        )
        empty = facts.is_empty()
        for part, _ in parts:
            if empty:
                yield None
            else:
                yield connector.present(facts, part.filled, provenance, self._asked.today)

    def _count_others(self, connector: Connector, part: Part, published: object | None) -> None:
        if published is None:
            return
        for relation, code in connector.others(published):
            if any(relation in leaf.split(".")[1:] for leaf in part.leaves):
                self.others.setdefault(code, set()).add(relation)


def arguments_key(arguments: Mapping[str, Any]) -> ArgumentsKey:
    """Return a hashable form of a field's arguments."""
    return tuple(
        (name, tuple(value) if isinstance(value, list) else value)
        for name, value in sorted(arguments.items())
    )


def _nothing(register: str, outcome: Found | Absent | None) -> Absence:
    """Return the absence of what was not there, or may not be shown: the same either way."""
    stale = outcome is not None and outcome.stale
    return Absence(
        register=register,
        code=AbsenceCode.NO_RECORD,
        known_as_of=outcome.as_of if outcome and stale else None,
    )


def _absence(register: str | None, outcome: Unavailable) -> Absence:
    stale = outcome.failure is Failure.TOO_STALE
    return Absence(
        register=register,
        code=AbsenceCode.TOO_STALE if stale else AbsenceCode.REGISTER_UNAVAILABLE,
        retry_after_s=outcome.retry_after_s,
        known_as_of=outcome.known_as_of,
    )


def register_errors(failures: Mapping[str, Unavailable]) -> list[RegisterError]:
    """Return one error per failed register, however many persons were asked about."""
    return [_error(register, failure) for register, failure in sorted(failures.items())]


def _error(register: str, failure: Unavailable) -> RegisterError:
    malformed = failure.failure is Failure.MALFORMED
    code = Code.REGISTER_MALFORMED if malformed else Code.REGISTER_UNAVAILABLE
    if failure.retry_after_s is None:
        return RegisterError(code, register=register)
    return RegisterError(code, register=register, retryAfterSeconds=failure.retry_after_s)
