"""Counting distinct persons under an agreement: PostgreSQL counts, Redis remembers.

PostgreSQL decides under the lock of the period's row, all persons or none. Redis keeps a set of
tokens that PostgreSQL has committed before. From any part of the truth two answers are certain,
and one script gives them atomically: everybody asked was counted before, or already the known
ones and those asked are too many. Everything else is asked of PostgreSQL. Hence losing Redis,
or any part of it, makes the hub slower, never looser (decision 0303). Each process remembers the
persons it has seen counted; from that it gives the first of the two answers by itself.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import RedisClusterException, RedisError

from hub.errors import Code, Refused
from hub.model.agreement import Quota
from hub.model.personal_code import PersonalCode
from hub.storage.database import Database
from hub.storage.periods import end_of, period_of
from hub.storage.tokens import SubjectTokens

REST_S: Final = 1.0
"""After a failure Redis is left alone this long, so that a hung one delays few requests."""
PATIENCE_S: Final = 0.25
GRACE: Final = timedelta(days=1)
FAILURES: Final = (RedisError, RedisClusterException, OSError)

RECALL: Final = """
local unknown = 0
for i = 2, #ARGV do
    if redis.call('SISMEMBER', KEYS[1], ARGV[i]) == 0 then unknown = unknown + 1 end
end
if unknown == 0 then return 'counted' end
if redis.call('SCARD', KEYS[1]) + unknown > tonumber(ARGV[1]) then return 'exhausted' end
return 'unsure'
"""
REMEMBER: Final = """
for i = 2, #ARGV do redis.call('SADD', KEYS[1], ARGV[i]) end
return redis.call('EXPIREAT', KEYS[1], ARGV[1])
"""
RESERVE: Final = "SELECT hub.reserve_quota($1, $2, $3, $4) AS granted"
USED: Final = "SELECT used FROM hub.quota_period WHERE agreement = $1 AND period = $2"


class Quotas:
    """Implements ``hub.ports.QuotaCounter``.

    Args:
        database: Counts.
        redis: Remembers; configured to fail fast and never to retry.
        tokens: Makes what stands for a person in both.
    """

    def __init__(
        self, database: Database, redis: Redis | RedisCluster, tokens: SubjectTokens
    ) -> None:
        self._database = database
        self._redis = redis
        self._tokens = tokens
        self._resting_until_s = 0.0
        self._counted = Counted()

    async def reserve(
        self, agreement: str, quota: Quota, subjects: Collection[PersonalCode], now: datetime
    ) -> None:
        """Count ``subjects``, all or none; those counted before in the period cost nothing.

        Args:
            agreement: Number; revisions share their count.
            quota: Limit and kind of period.
            subjects: Persons asked about, found or not.
            now: Aware instant.

        Raises:
            Refused: ``quota_exhausted`` with ``limit``, ``resetsAt`` (ISO 8601, UTC) and the
                seconds until then.
            ServiceUnavailable: ``quota_unavailable``.
        """
        period = period_of(quota.period, now)
        if self._counted.all(agreement, period, subjects):
            return
        tokens = sorted({self._tokens.quota(agreement, period, code) for code in subjects})
        name = f"q1:{{{agreement}:{period}}}"
        answer = await self._ask_redis(RECALL, name, quota.subjects, tokens)
        if answer == b"counted":
            self._counted.add(agreement, period, subjects)
            return
        if answer == b"exhausted" or not await self._count(agreement, period, quota, tokens):
            raise _exhausted(quota, now)
        self._counted.add(agreement, period, subjects)
        forget_at = int((end_of(quota.period, now) + GRACE).timestamp())
        # INVARIANT: only what PostgreSQL has committed is remembered
        await self._ask_redis(REMEMBER, name, forget_at, tokens)

    async def used(self, agreement: str, quota: Quota, now: datetime) -> int:
        """Return distinct subjects counted in the present period.

        Raises:
            ServiceUnavailable: ``quota_unavailable``.
        """
        period = period_of(quota.period, now)
        rows = await self._database.fetch(Code.QUOTA_UNAVAILABLE, USED, agreement, period)
        return rows[0]["used"] if rows else 0

    async def _count(
        self, agreement: str, period: str, quota: Quota, tokens: Sequence[bytes]
    ) -> bool:
        rows = await self._database.fetch(
            Code.QUOTA_UNAVAILABLE, RESERVE, agreement, period, quota.subjects, tokens
        )
        granted: bool = rows[0]["granted"]
        return granted

    async def _ask_redis(
        self, script: str, name: str, first: int, tokens: Sequence[bytes]
    ) -> object:
        """Run a script atomically; None when Redis fails, hangs, or has just done so."""
        if time.monotonic() < self._resting_until_s:
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._redis.eval(script, 1, name, first, *tokens)
        except FAILURES:
            self._resting_until_s = time.monotonic() + REST_S
            return None


class Counted:
    """Persons counted before, as far as this process knows: always a part of the truth.

    # INVARIANT: who was counted stays counted until the period ends; nothing else is ever kept.

    Args:
        most: Persons kept, of all agreements and periods; the period longest unheard of goes first.
    """

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._kept = 0
        self._people: OrderedDict[tuple[str, str], set[PersonalCode]] = OrderedDict()

    def all(self, agreement: str, period: str, subjects: Collection[PersonalCode]) -> bool:
        """Tell whether every one of ``subjects`` was counted, as far as is known."""
        known = self._people.get((agreement, period))
        return known is not None and known.issuperset(subjects)

    def add(self, agreement: str, period: str, subjects: Collection[PersonalCode]) -> None:
        """Remember persons whom PostgreSQL has committed as counted."""
        known = self._people.setdefault((agreement, period), set())
        before = len(known)
        known.update(subjects)
        self._kept += len(known) - before
        self._people.move_to_end((agreement, period))
        while self._kept > self._most:
            self._kept -= len(self._people.popitem(last=False)[1])


def _exhausted(quota: Quota, now: datetime) -> Refused:
    end = end_of(quota.period, now)
    return Refused(
        Code.QUOTA_EXHAUSTED,
        limit=quota.subjects,
        resetsAt=end.isoformat().replace("+00:00", "Z"),
        retryAfterSeconds=math.ceil((end - now).total_seconds()),
    )
