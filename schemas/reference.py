"""Persons reached through a record: references that lead nowhere."""

import strawberry

from hub.model.catalogue import Category
from hub.model.personal_code import PersonalCode
from schemas.field import described, leaf


@strawberry.type(
    description=described(
        "A person named in another person's record; it opens no register of that person",
        "norāde uz personu",
    )
)
class PersonReference:
    """Embedded in a record; whoever is named here has a log entry of their own."""

    personal_code: PersonalCode = leaf(Category.IDENTITY, "Personal code", "personas kods")
    first_name: str | None = leaf(Category.IDENTITY, "First name", "vārds")
    last_name: str | None = leaf(Category.IDENTITY, "Last name", "uzvārds")

    @classmethod
    def to(
        cls, code: PersonalCode, first_name: str | None = None, last_name: str | None = None
    ) -> "PersonReference":
        """Refer to ``code``."""
        return cls(personal_code=code, first_name=first_name, last_name=last_name)
