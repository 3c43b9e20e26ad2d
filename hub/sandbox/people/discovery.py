"""Finds the registers' twins: every ``twin`` module of a package below ``connectors``."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Sequence

from hub.sandbox.people.twin import Twin

_PACKAGE = "connectors"


def twins() -> Sequence[Twin]:
    """Return all twins there are, by register name."""
    package = importlib.import_module(_PACKAGE)
    names = [
        f"{_PACKAGE}.{found.name}.twin"
        for found in pkgutil.iter_modules(package.__path__)
        if found.ispkg and importlib.util.find_spec(f"{_PACKAGE}.{found.name}.twin")
    ]
    made: list[Twin] = [importlib.import_module(name).TWIN for name in names]
    return sorted(made, key=lambda twin: twin.register)
