"""Schema directives: the class of every published leaf."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry.schema_directive import Location

from hub.model.catalogue import Category, Sensitivity

_CATEGORIES: Mapping[str, str] = {
    "IDENTITY": "Who the person is (identitāte)",
    "ADMINISTRATIVE": "Papers, dates and statuses (administratīvi dati)",
    "FINANCIAL": "Money (finanšu dati)",
    "HEALTH": "Health (veselības dati)",
    "CHILD_PROTECTION": "Protection of children (bērnu tiesību aizsardzība)",
    "CRIMINAL": "Convictions and offences (sodāmība un pārkāpumi)",
    "ORIGIN": "Origin, refuge (izcelsme)",
}
_SENSITIVITIES: Mapping[str, str] = {
    "ORDINARY": "Personal data (personas dati)",
    "PROTECTED": "Confidential by national law (likumā aizsargāti dati)",
    "SPECIAL": "Special category, GDPR 9 (īpašu kategoriju dati)",
    "CRIMINAL": "Convictions and offences, GDPR 10 (dati par sodāmību)",
}


def _publish(enum: type[Enum], name: str, text: str, values: Mapping[str, str]) -> None:
    """Publish an enum of the hub's vocabulary, each value described."""
    published: Any = strawberry.enum(enum, name=name, description=text)
    for value in published.__strawberry_definition__.values:
        value.description = values[value.name]


_publish(Category, "DataCategory", "Kind of data a leaf holds (datu kategorija)", _CATEGORIES)
_publish(
    Sensitivity,
    "DataSensitivity",
    "How carefully the law holds a leaf (datu jutīgums)",
    _SENSITIVITIES,
)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.ENUM_VALUE],
    name="data",
    description=(
        "Class of a leaf, or of the rows an enum value names; access rules speak of it "
        "(lauka klasifikācija)"
    ),
)
class Data:
    """``@data(category:, sensitivity:)``; a leaf without it stops start-up."""

    category: Category
    sensitivity: Sensitivity
