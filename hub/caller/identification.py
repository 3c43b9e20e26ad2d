"""The room: from what the street door saw to a client whose token holds."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from hub.caller.binding import bound_to, check_binding, person_of
from hub.caller.disabled import DisabledClients
from hub.caller.keys import IssuerKeys
from hub.caller.memory import Verified, VerifiedTokens
from hub.caller.source import JwksSource, issuer_http
from hub.caller.token import bearer, read, verify
from hub.caller.trust import Trust
from hub.errors import BadRequest, Code
from hub.model.caller import Client, Credentials
from hub.ports import ClientStore, Clock


class Identification:
    """Implements ``hub.ports.Identify`` for one issuer."""

    def __init__(
        self, trust: Trust, *, keys: IssuerKeys, disabled: DisabledClients, clock: Clock
    ) -> None:
        """Join the parts; ``open_identification`` makes and runs them."""
        self._trust = trust
        self._keys = keys
        self._disabled = disabled
        self._clock = clock
        self._verified = VerifiedTokens()

    @property
    def ready(self) -> bool:
        """Whether anybody can be admitted now."""
        return self._keys.ready and self._disabled.ready

    async def identify(self, credentials: Credentials) -> Client:
        """Verify the token; checks of binding and disabled clients run every time.

        Raises:
            BadRequest: ``header_conflict`` for a second ``Authorization`` header.
            Unauthenticated: Any code of that branch.
            ServiceUnavailable: ``issuer_unavailable``, ``audit_unavailable``.
        """
        sent = credentials.authorization
        if len(sent) > 1:
            raise BadRequest(Code.HEADER_CONFLICT, header="Authorization")
        now_s = self._clock.now().timestamp()
        verified = self._verified.recall(sent[0], now_s) if sent else None
        if verified is None:
            verified = await self._verify(sent, now_s)
        # INVARIANT: what may have changed since the token was verified is checked every time.
        check_binding(
            verified.bound,
            credentials.certificate_sha256,
            required=self._trust.require_binding,
        )
        self._disabled.check(verified.client.id)
        return verified.client

    async def _verify(self, sent: tuple[str, ...], now_s: float) -> Verified:
        unverified = read(bearer(sent), self._trust.issuer)
        claims = verify(unverified, await self._keys.find(unverified.key_id), self._trust, now_s)
        client = Client(
            id=claims.client_id,
            expires_at=datetime.fromtimestamp(claims.exp, UTC),
            person=person_of(claims, self._trust.person_keys),
        )
        verified = Verified(client=client, bound=bound_to(claims))
        self._verified.remember(sent[0], verified, now_s)
        return verified


@asynccontextmanager
async def open_identification(
    trust: Trust,
    *,
    clients: ClientStore,
    clock: Clock,
    monotonic: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Identification]:
    """Run the room: keys and the list of disabled clients stay fresh while it is open.

    Opening tries both once and does not fail when they cannot be read; ``ready`` tells.
    """
    async with (
        issuer_http(trust) as http,
        asyncio.TaskGroup() as group,
    ):
        keys = IssuerKeys(JwksSource(trust, http), monotonic=monotonic)
        disabled = DisabledClients(clients, monotonic=monotonic)
        await keys.refresh()
        await disabled.refresh()
        failure: Exception | None = None
        tasks = [group.create_task(keys.run()), group.create_task(disabled.run())]
        try:
            yield Identification(trust, keys=keys, disabled=disabled, clock=clock)
        except Exception as error:  # noqa: BLE001 — raised below, outside the group that would wrap it
            failure = error
        finally:
            for task in tasks:
                task.cancel()
    if failure:
        raise failure
