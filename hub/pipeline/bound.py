"""What is asked, with its periods: all of an operation but the persons."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.assemble.answers import Asked
from hub.model.evidence import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is asked on a day, with arguments bound: all of an operation but the persons.

    Attributes:
        asked: What answers are mapped by.
        asks: What each register is asked.
        mark: Stands for it wherever something is kept that was made for it, and is equal to
            nothing else: whoever keeps the mark keeps neither document nor code alive.
    """

    asked: Asked
    asks: Mapping[str, Ask]
    mark: object = field(default_factory=object)
