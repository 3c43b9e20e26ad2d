"""One thing that somebody does on the day."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.model.personal_code import PersonalCode

ONE = "query {name}($code: PersonalCode!) {{ person(personalCode: $code) {{ {asks} }} }}"
SEVERAL = "query {name}($codes: [PersonalCode!]!) {{ persons(personalCodes: $codes) {{ {asks} }} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A request, and when it comes.

    Attributes:
        at: Aware instant.
        variables: Of ``query``, personal codes among them.
        person: Whose own token is held, where a person asks.
    """

    at: datetime
    client: str
    agreement: str
    query: str
    variables: dict[str, object] = field(repr=False)
    case: str | None = None
    official: str | None = None
    person: PersonalCode | None = field(default=None, repr=False)


def about(codes: list[PersonalCode], asks: str, name: str = "Day") -> tuple[str, dict[str, object]]:
    """Return document and variables of a question about one person, or several."""
    if len(codes) == 1:
        return ONE.format(name=name, asks=asks), {"code": str(codes[0])}
    return SEVERAL.format(name=name, asks=asks), {"codes": [str(each) for each in codes]}
