"""How published fields and enum values are declared: described in two languages, and classified."""

from typing import Any, Literal

import strawberry
from strawberry.types.enum import EnumValueDefinition

from hub.model.catalogue import SENSITIVITY_OF, Category
from schemas.directives import Data

Classifies = Literal["row", "value"]
"""Whether an enum leaf decides, by its value, if its whole row or only itself is shown."""


def described(en: str, lv: str) -> str:
    """Return the published description: English, then the Latvian term in brackets."""
    return f"{en} ({lv})"


def data(category: Category) -> Data:
    """Return the class directive of ``category`` with the sensitivity the law gives it."""
    return Data(category=category, sensitivity=SENSITIVITY_OF[category])


def leaf(
    category: Category,
    en: str,
    lv: str,
    *,
    name: str | None = None,
    classifies: Classifies | None = None,
    concerns: str | None = None,
) -> Any:  # noqa: ANN401 — strawberry's field types itself by the annotation beside it
    """Declare a leaf (scalar, enum, or list of them).

    Args:
        category: Kind of data; the SDL shows it as ``@data``.
        en: Description in English. ``lv``: the Latvian term.
        lv: The Latvian term.
        name: Published name where camelCase of the attribute is not it.
        classifies: For enums whose values carry their own class: ``row`` hides the whole row of
            the list it stands in, ``value`` hides itself, from agreements that lack that class.
        concerns: Attribute beside it that refers to the person whose the value is, if another's
            than the record's; where that reference may not be shown, the leaf may not either.
    """
    return strawberry.field(
        name=name,
        description=described(en, lv),
        directives=[data(category)],
        metadata={"classifies": classifies, "concerns": concerns},
    )


def part(en: str, lv: str, *, name: str | None = None) -> Any:  # noqa: ANN401 — as ``leaf``
    """Declare a field that holds an object or a list of objects; its leaves are classified."""
    return strawberry.field(name=name, description=described(en, lv))


def value(
    text: object, en: str, lv: str, *, category: Category | None = None
) -> EnumValueDefinition:
    """Declare an enum value; ``category`` classifies the rows it names."""
    directives = [data(category)] if category else []
    return strawberry.enum_value(text, description=described(en, lv), directives=directives)


def argument(en: str, lv: str, *, name: str | None = None) -> Any:  # noqa: ANN401 — as ``leaf``
    """Describe an argument, for use in ``Annotated``."""
    return strawberry.argument(description=described(en, lv), name=name)
