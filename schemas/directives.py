"""Schema directives: the class of every published leaf."""

import strawberry
from strawberry.schema_directive import Location

from hub.model.catalogue import Category, Sensitivity

strawberry.enum(
    Category,
    name="DataCategory",
    description="Kind of data a leaf holds (datu kategorija)",
)
strawberry.enum(
    Sensitivity,
    name="DataSensitivity",
    description="How carefully the law holds a leaf (datu jutīgums)",
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
