"""What desks said, as resolvers read it; ``info.context`` where no register is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """Desks' answers by response name.

    Attributes:
        values: What the published type of each root is made from.
    """

    values: Mapping[str, Any]
