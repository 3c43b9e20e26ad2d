"""What is asked, with its periods: all of an operation but the persons."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.assemble.answers import Asked
from hub.model.evidence import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is asked on a day, with arguments bound: all of an operation but the persons.

    Attributes:
        asked: What answers are mapped by.
        asks: What each register is asked.
    """

    asked: Asked
    asks: Mapping[str, Ask]
