"""A person as another person's record names them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Reference to a person: what a register writes down about somebody else.

    Attributes:
        code: Their code of that time's record, eleven digits without dash.
    """

    code: str
    first_name: str
    last_name: str
    born: date
