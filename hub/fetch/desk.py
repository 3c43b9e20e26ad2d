"""One register as this replica reaches it: breaker, bulkhead, deadline, one batched call."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count

import structlog

from hub.errors import RegisterError
from hub.fetch.bounds import FetchSettings
from hub.fetch.breaker import Breaker, Ticket
from hub.fetch.bulkhead import Bulkhead, Full
from hub.fetch.meters import Meters
from hub.model.evidence import Ask, Failure, Unavailable
from hub.model.personal_code import PersonalCode
from hub.model.reference import Reference
from hub.ports import Connector, Reply

MALFORMED_RETRY_S = 60
"""When to ask again a register whose answer cannot be read: somebody must mend it first."""


class Desk:
    """Where a register is asked; failures come back as values."""

    def __init__(
        self, connector: Connector, settings: FetchSettings, meters: Meters, key: bytes
    ) -> None:
        """Ask through ``connector`` within its manifest's bounds.

        Args:
            connector: Of the register.
            settings: Bounds.
            meters: Where calls are counted.
            key: Of the references it is told.
        """
        self.connector = connector
        self._key = key
        self._numbers = count(1)
        self._name = connector.manifest.name
        self._meters = meters
        self._breaker = Breaker(failures=settings.breaker_failures, rest_s=settings.breaker_rest_s)
        self._bulkhead = Bulkhead(places=connector.manifest.concurrency, waiting=settings.waiting)
        self._opened = meters.breaker_open.labels(self._name)
        self._opened.set(0)
        self._answered_s = meters.call_s.labels(self._name, "ok")

    async def ask(
        self, ask: Ask, codes: Sequence[PersonalCode], until: float, operation_id: str
    ) -> Reply | Unavailable:
        """Ask the register once for all ``codes``.

        Args:
            ask: What is wanted.
            codes: Of all subjects, distinct.
            until: Reading of the event loop's clock at which waiting ends.
            operation_id: Whose call it is; others whom it serves too are not told.
        """
        if self._breaker.wait_s() is not None:
            return self._left_alone()
        try:
            async with self._bulkhead.place(until):
                return await self._ask(ask, codes, until, operation_id)
        except Full:
            return Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=1)

    async def _ask(
        self, ask: Ask, codes: Sequence[PersonalCode], until: float, operation_id: str
    ) -> Reply | Unavailable:
        if (ticket := self._breaker.admit()) is None:
            return self._left_alone()
        reference = Reference(operation_id, next(self._numbers), len(codes)).written(self._key)
        started = time.perf_counter()
        result = "abandoned"
        try:
            async with asyncio.timeout_at(until):
                reply = await self.connector.fetch(ask, codes, reference)
        except RegisterError as failure:
            result = failure.code.code
        except TimeoutError:
            result = "timeout"
        except Exception as failure:  # noqa: BLE001 — a register's bug takes down its own part only
            result = "bug"
            # the kind alone: a message may quote a personal code
            kind = type(failure).__name__
            structlog.get_logger().error("connector_bug", register=self._name, kind=kind)
        else:
            result = "ok"
            return reply
        finally:
            self._settle(ticket, result)
            self._observe(result, time.perf_counter() - started)
        malformed = result == Failure.MALFORMED.value
        return Unavailable(
            failure=Failure.MALFORMED if malformed else Failure.UNAVAILABLE,
            retry_after_s=self._breaker.wait_s() or (MALFORMED_RETRY_S if malformed else 1),
        )

    def _observe(self, result: str, took_s: float) -> None:
        answered_s = self._answered_s  # found once: finding it by its labels is dear
        if result != "ok":
            answered_s = self._meters.call_s.labels(self._name, result)
        answered_s.observe(took_s)

    def _settle(self, ticket: Ticket, result: str) -> None:
        """Tell the breaker; an answer that cannot be read proves a register that answers."""
        was_open = self._breaker.is_open
        if result == "abandoned":
            self._breaker.unused(ticket)
        elif result in {"ok", Failure.MALFORMED.value}:
            self._breaker.succeeded(ticket)
        else:
            self._breaker.failed(ticket)
        if self._breaker.is_open is not was_open:
            self._opened.set(not was_open)

    def _left_alone(self) -> Unavailable:
        return Unavailable(failure=Failure.UNAVAILABLE, retry_after_s=self._breaker.wait_s() or 1)
