"""What is found in ``schemas`` and ``connectors``: the hub names no register itself."""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from graphql import GraphQLSchema

from hub.errors import Misconfigured
from hub.model.catalogue import Catalogue, Manifest
from hub.plan.catalogue import described, read_catalogue
from hub.plan.schema import PlannedSchema


@cache
def published() -> Any:  # noqa: ANN401 — a strawberry schema; the hub holds no strawberry types
    """Return the published schema, composed once from the registers found."""
    return importlib.import_module("schemas.composition").build(of=PlannedSchema)


def schema() -> GraphQLSchema:
    """Return the published schema as graphql-core knows it."""
    graph: GraphQLSchema = published()._schema  # noqa: SLF001 — strawberry has no public name for it
    return graph


def connector_modules() -> Mapping[str, ModuleType]:
    """Return connector packages by register name, the population register among them."""
    found: Mapping[str, ModuleType] = importlib.import_module("connectors").found()
    return found


def manifests(role: str = "register") -> Mapping[str, Manifest]:
    """Return the manifests of all connectors of a role."""
    known = {name: module.MANIFEST for name, module in connector_modules().items()}
    return {name: manifest for name, manifest in known.items() if manifest.role == role}


def catalogue() -> Catalogue:
    """Return what is published, classified.

    Raises:
        Misconfigured: An unclassified leaf or kind, an undescribed element, a register without
            connector; all at once.
    """
    missing = [f"`{name}` has no description" for name in described(schema())]
    if missing:
        raise Misconfigured(missing)
    return read_catalogue(schema(), manifests())


def published_sdl() -> str:
    """Return the SDL that partners see."""
    return str(published().as_str()) + "\n"


def snapshot() -> Path:
    """Return the file of the reviewed SDL."""
    package = importlib.import_module("schemas").__file__
    assert package is not None  # noqa: S101 — a regular package
    return Path(package).parent / "hub.graphql"
