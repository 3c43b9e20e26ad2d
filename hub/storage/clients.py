"""Clients an operator has switched off."""

from typing import Final

from hub.errors import Code
from hub.storage.database import Database

UNAVAILABLE: Final = Code.POLICY_UNAVAILABLE
SWITCH: Final = """
INSERT INTO hub.client_state (client, disabled) VALUES ($1, $2)
ON CONFLICT (client) DO UPDATE SET disabled = excluded.disabled
"""


class ClientTable:
    """Implements ``hub.ports.ClientStore``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def disabled(self) -> frozenset[str]:
        """Return ids of disabled clients.

        Raises:
            ServiceUnavailable: ``policy_unavailable``; so do all other methods.
        """
        rows = await self._database.fetch(
            UNAVAILABLE, "SELECT client FROM hub.client_state WHERE disabled"
        )
        return frozenset(row["client"] for row in rows)

    async def disable(self, client: str) -> None:
        """Turn a client away from its next request on."""
        await self._switch(client, disabled=True)

    async def enable(self, client: str) -> None:
        """Let a client in again."""
        await self._switch(client, disabled=False)

    async def _switch(self, client: str, *, disabled: bool) -> None:
        await self._database.fetch(UNAVAILABLE, SWITCH, client, disabled)
