"""Finds the registers' twins: every ``twin`` module of a package below ``connectors``."""

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.sandbox.people.twin import Twin

_PACKAGE = "connectors"
_TWIN_SOURCES = ("*/twin*.py", "*/source*.py", "*/codings*.py")


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


def fingerprint() -> str:
    """Return what tells the people and the rows of this version from another's: its source."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    yield from sorted(Path(__file__).parent.glob("*.py"))
    package = importlib.import_module(_PACKAGE)
    for folder in package.__path__:
        for kind in _TWIN_SOURCES:
            yield from sorted(Path(folder).glob(kind))
