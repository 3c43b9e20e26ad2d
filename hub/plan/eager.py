"""Functions of a plan before they are worth compiling: the same answers, read from the tree.

Compiling the generated code costs more than everything else about a document seen for the first
time, and many are seen once. So the first few persons are assembled by the exact pass.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hub.model.personal_code import PersonalCode
from hub.plan.exact import Exact
from hub.plan.generated import Anomaly
from hub.plan.tree import Part, Root
from hub.ports import Answers

WORTH: Final = 24
"""Calls of one function after which the plan's code is generated."""


def part_reader(part: Part) -> Callable[[object], object]:
    """Return what ``part_<place>`` of the generated code would be."""

    def read(published: object) -> object:
        reading = Exact(lambda _code, _part: published, _nobody)
        value = reading.part(part)
        if reading.errors or value is None:
            raise Anomaly
        return value

    return read


def person_reader(
    root: Root,
) -> Callable[[PersonalCode, Sequence[object], Answers], dict[str, Any]]:
    """Return what ``person_<root>`` of the generated code would be."""
    first = root.parts[0].place if root.parts else 0

    def read(code: PersonalCode, parts: Sequence[object], context: Answers) -> dict[str, Any]:
        reading = Exact(lambda _code, _part: None, context.absences)
        person = reading.person(root, code, lambda part: parts[part.place - first])
        if reading.errors:
            raise Anomaly
        return person

    return read


def _nobody(_code: PersonalCode) -> Sequence[Any]:
    return ()
