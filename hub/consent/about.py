"""Whose data the portal asks or says something about, and who speaks.

# INVARIANT: whoever may not act for a person is told the same, whether there is a relation that
# does not reach so far, one from which the person is protected, none, or no such person.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hub.consent.desk import Voice
from hub.consent.guardianship import is_minor, may_act
from hub.errors import Code, Refused, ServiceUnavailable
from hub.model.desk import DeskQuestion
from hub.model.entry import SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Residence

Residences: TypeAlias = Mapping[PersonalCode, Residence]
LookUp: TypeAlias = Callable[[DeskQuestion, Sequence[PersonalCode]], Awaitable[Residences | None]]
"""Asks the population register, in the question's name; None when it fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose data is spoken about.

    Attributes:
        person: By the current code where the population register told it.
        codes: All codes of the person: what was said under a former one is still theirs.
        residence: None where the population register does not know, or does not answer.
        voice: Who speaks, in what quality.
    """

    person: PersonalCode
    codes: Collection[PersonalCode]
    residence: Residence | None
    voice: Voice

    @property
    def represented(self) -> bool:
        """Whether somebody else speaks."""
        return self.voice.speaker is not None

    def entry(self, consent: str | None = None) -> tuple[SubjectEntry, ...]:
        """Return the person as the question's own entry names them, with the record concerned."""
        return (SubjectEntry(subject=self.person, outcomes={}, consent=consent),)


class Speaking:
    """Tells who speaks for whom, asking the population register once."""

    def __init__(self, look_up: LookUp, clock: Clock) -> None:
        self._look_up = look_up
        self._clock = clock

    async def about(self, question: DeskQuestion) -> About:
        """Tell whose data is spoken about: the person's own, or of ``personalCode``.

        Raises:
            Refused: ``representation_missing``.
        """
        holder = question.person
        asked: PersonalCode = question.arguments.get("personalCode") or holder
        people = list(dict.fromkeys([holder, asked]))
        known = await self._look_up(question, people) or {}
        own = known[holder].codes if holder in known else (holder,)
        if asked in own:
            voice = Voice(operation=question.operation_id, language=language_of(question))
            return About(person=own[0], codes=own, residence=known.get(holder), voice=voice)
        return self._represented(question, known, own, asked)

    def check_may_give(self, about: About) -> None:
        """Refuse a yes that nothing could rest on.

        Raises:
            Refused: ``representation_missing``: not of age, and alone.
            ServiceUnavailable: ``consent_unavailable``: nobody can tell now who may speak.
        """
        if about.residence is None:
            raise ServiceUnavailable(Code.CONSENT_UNAVAILABLE)
        if not about.represented and is_minor(about.residence, self._clock.today()):
            raise Refused(Code.REPRESENTATION_MISSING)

    def speaks_alone(self, about: About) -> bool:
        """Tell whether the person speaks, and is known to be of age."""
        residence = about.residence
        if about.represented or residence is None:
            return False
        return not is_minor(residence, self._clock.today())

    def _represented(
        self,
        question: DeskQuestion,
        known: Residences,
        holder: Collection[PersonalCode],
        asked: PersonalCode,
    ) -> About:
        residence = known.get(asked)
        if residence is None:
            raise Refused(Code.REPRESENTATION_MISSING)
        standing, relation = may_act(holder, residence, self._clock.today())
        if relation is None or not standing.acts:
            raise Refused(Code.REPRESENTATION_MISSING)
        voice = Voice(
            speaker=relation.holder,
            capacity=relation.kind,
            operation=question.operation_id,
            language=language_of(question),
        )
        return About(
            person=residence.codes[0], codes=residence.codes, residence=residence, voice=voice
        )


def language_of(question: DeskQuestion) -> str:
    """Return in which language the text was shown; Latvian where it is not told."""
    asked = question.arguments.get("language")
    return "en" if getattr(asked, "value", asked) == "EN" else "lv"
