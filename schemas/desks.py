"""Root fields that concern no register: how they are declared and found."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, cast

import strawberry
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from schemas import accountability
from schemas.field import described


def desk(name: str, resolver: Callable[..., object], en: str, lv: str) -> StrawberryField:
    """Declare a root field that a desk of the hub answers.

    Args:
        name: Published name; the hub's desk has the same.
        resolver: Annotated in full; its body is ``return Published.of(told(info))``. Arguments
            are there to be published: the desk reads them.
        en: Description in English. ``lv``: the Latvian term.
        lv: The Latvian term.
    """
    field: object = strawberry.field(
        resolver=resolver, name=name, description=described(en, lv), metadata={"root": name}
    )
    return cast("StrawberryField", field)


def told(info: Info) -> Any:  # noqa: ANN401 — each desk has its own model
    """Return what the desk of this root field said."""
    return info.context.values[str(info.path.key)]


def found() -> tuple[list[StrawberryField], list[StrawberryField]]:
    """Return the queries and mutations of every module of ``schemas.accountability``, sorted."""
    queries: list[StrawberryField] = []
    mutations: list[StrawberryField] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(accountability.__path__)):
        known = importlib.import_module(f"{accountability.__name__}.{module}")
        queries += getattr(known, "QUERIES", ())
        mutations += getattr(known, "MUTATIONS", ())
    return queries, mutations
