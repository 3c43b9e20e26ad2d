"""How each register is reached: one folder per register, found by name."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

from hub.model.catalogue import Manifest
from hub.ports import Clock, Connector, RegisterConfig


class ConnectorModule(Protocol):
    """What a folder of ``connectors`` exports."""

    MANIFEST: Manifest

    def connect(self, config: RegisterConfig, clock: Clock) -> Connector:
        """Return a connector that has not yet spoken to its register."""
        ...


def found() -> Mapping[str, ConnectorModule]:
    """Return the connectors by published register name, in the order of those names.

    Twins are never imported here: ``connectors.<folder>.twin`` belongs to the sandbox.
    """
    modules = (
        cast("ConnectorModule", importlib.import_module(f"{__name__}.{package.name}"))
        for package in pkgutil.iter_modules(__path__)
        if package.ispkg and package.name != "transports"
    )
    named = {module.MANIFEST.name: module for module in modules}
    return MappingProxyType(dict(sorted(named.items())))
