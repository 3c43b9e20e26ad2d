"""Tables of the schema ``hub``: what migrations build, and a test compares with what they built.

Nothing here holds a personal code in clear; ``token`` and ``index`` are keyed HMACs.
"""

from hub.storage.tables import agreement, consent, log, oversight, sequence
from hub.storage.tables.base import SCHEMA, metadata

__all__ = ["FUNCTIONS", "GRANTS", "SCHEMA", "SEQUENCES", "metadata"]

GRANTS: dict[str, str] = (
    log.GRANTS | sequence.GRANTS | consent.GRANTS | agreement.GRANTS | oversight.GRANTS
)
"""Privileges of the runtime role, table by table; migrations grant these and revoke the rest."""

SEQUENCES: dict[str, str] = log.SEQUENCES
FUNCTIONS: dict[str, str] = log.FUNCTIONS | oversight.FUNCTIONS
