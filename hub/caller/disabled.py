"""Clients an operator has switched off, at hand for every request without asking anybody."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from hub.errors import Code, ServiceUnavailable, Unauthenticated
from hub.ports import ClientStore

REFRESH_S: Final = 1.0
MAX_AGE_S: Final = 10.0
_READ_TIMEOUT_S: Final = 2.0
_log = structlog.get_logger()


class DisabledClients:
    """The list of disabled clients, at most ``MAX_AGE_S`` seconds old or nobody is admitted."""

    def __init__(
        self, store: ClientStore, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Start without a list: nobody is admitted before the first read."""
        self._store = store
        self._monotonic = monotonic
        self._ids: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    @property
    def ready(self) -> bool:
        """Whether the list is young enough to admit anybody."""
        return self._monotonic() - self._read_at <= MAX_AGE_S

    def check(self, client_id: str) -> None:
        """Stop a disabled client.

        Raises:
            Unauthenticated: ``client_disabled``.
            ServiceUnavailable: ``audit_unavailable``; the list lives beside the access log in
                the system of record, so that what keeps it from being read stops disclosure too.
        """
        if client_id in self._ids:
            raise Unauthenticated(Code.CLIENT_DISABLED)
        if self._monotonic() - self._read_at > MAX_AGE_S:
            raise ServiceUnavailable(Code.AUDIT_UNAVAILABLE)

    async def refresh(self) -> None:
        """Read the list once; a failure keeps the old one, which goes on ageing."""
        began = self._monotonic()
        try:
            async with asyncio.timeout(_READ_TIMEOUT_S):
                ids = await self._store.disabled()
        except Exception as failure:  # noqa: BLE001 — whatever it was, age decides
            _log.warning("disabled_clients_unreadable", failure=type(failure).__name__)
            return
        self._ids, self._read_at = ids, began

    async def run(self) -> None:
        """Keep the list fresh until cancelled; the first read is the caller's."""
        while True:
            await asyncio.sleep(REFRESH_S)
            await self.refresh()
