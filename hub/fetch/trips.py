"""One round trip to Redis, whatever kind of Redis it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol, cast

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ResponseError

from hub.fetch.backlog import Put
from hub.fetch.wire import Command, Wire, Word

_MOST_KEYS: Final = 1000  # of one command: longer ones would hold up Redis itself

# one command for many values, each with its own life: a tenth of the work of a pipeline of SETs
_SET_ALL: Final = b"""
for at, name in ipairs(KEYS) do
  redis.call('SET', name, ARGV[2 * at - 1], 'PX', ARGV[2 * at])
end
"""
_CLAIM_ALL: Final = b"""
local taken = {}
for at = 1, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[at]) == 1 then
    taken[#taken + 1] = 2
  else
    local won = redis.call('SET', KEYS[at + 1], '1', 'NX', 'PX', ARGV[(at + 1) / 2])
    taken[#taken + 1] = won and 1 or 0
  end
end
return taken
"""


_TAKEN: Final = (False, True, None)  # as the script tells it


class Claim(NamedTuple):
    """A lease to take, unless something stands under ``entry``."""

    entry: bytes
    lease: bytes
    life_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one round trip carries."""

    names: Sequence[bytes]
    claims: Sequence[Claim]
    puts: Sequence[Put]
    drops: Sequence[bytes]

    def __bool__(self) -> bool:
        """Tell whether there is anything to carry."""
        return bool(self.names or self.claims or self.puts or self.drops)


@dataclass(slots=True, kw_only=True)
class Told:
    """What it brought.

    Attributes:
        values: In the order of the names.
        taken: By claim, whether the lease was taken, None where something stands under the
            entry's name; None in all when Redis refused to take any.
        refused: Why Redis wrote nothing, if it refused.
    """

    values: list[bytes | None] = field(default_factory=list)
    taken: Sequence[bool | None] | None = ()
    refused: Exception | None = None


class Trips(Protocol):
    """Makes round trips, one at a time."""

    async def make(self, asked: Asked) -> Told:
        """Carry out everything ``asked``.

        Raises:
            redis.exceptions.RedisError: Redis did not answer.
        """

    async def aclose(self) -> None:
        """Release the connection."""


class SingleTrips:
    """One server: everything is written at once, then all answers are read."""

    def __init__(self, client: Redis) -> None:
        """Connect as ``client`` does."""
        self._wire = Wire(client)

    async def make(self, asked: Asked) -> Told:
        """See ``Trips``."""
        reads = [
            (b"MGET", *asked.names[start : start + _MOST_KEYS])
            for start in range(0, len(asked.names), _MOST_KEYS)
        ]
        # what is written is found by whoever asks at the same time
        commands: list[Command] = []
        if asked.puts:
            commands.append(_putting(asked.puts))
        if asked.drops:
            commands.append((b"DEL", *asked.drops))
        writes = len(commands)
        commands += reads
        if asked.claims:
            commands.append(_claiming(asked.claims))
        return _told(asked, writes, await self._wire.ask(commands))

    async def aclose(self) -> None:
        """See ``Trips``."""
        await self._wire.aclose()


def _told(asked: Asked, writes: int, answers: list[Any]) -> Told:
    told = Told()
    told.refused = next(
        (each for each in answers[:writes] if isinstance(each, ResponseError)), None
    )
    if asked.claims:
        taken = answers.pop()
        told.taken = None if isinstance(taken, ResponseError) else [_TAKEN[each] for each in taken]
    for values in answers[writes:]:
        if isinstance(values, ResponseError):
            raise values
        told.values += values
    return told


def _claiming(claims: Sequence[Claim]) -> Command:
    words: list[Word] = [b"EVAL", _CLAIM_ALL, 2 * len(claims)]
    for claim in claims:
        words += claim[:2]
    words += [claim.life_ms for claim in claims]
    return tuple(words)


def _putting(puts: Sequence[Put]) -> Command:
    words: list[Word] = [b"EVAL", _SET_ALL, len(puts)]
    words += [put.name for put in puts]
    for put in puts:
        words += put[1:]
    return tuple(words)


class ClusterTrips:
    """A cluster: names of one command lie in many places, so its client parts them."""

    def __init__(self, client: RedisCluster) -> None:
        """Speak through ``client``."""
        self._client = client

    async def make(self, asked: Asked) -> Told:
        """See ``Trips``; a lease is taken only where nothing stood under the entry's name."""
        told = Told()
        try:
            await self._write(asked)
        except ResponseError as refusal:
            told.refused = refusal
        told.values = await self._read(asked.names)
        if asked.claims:
            entries = await self._read([claim.entry for claim in asked.claims])
            told.taken = [
                None if entry is not None else await self._claim(claim)
                for claim, entry in zip(asked.claims, entries, strict=True)
            ]
        return told

    async def aclose(self) -> None:
        """Its owner closes the client."""

    async def _read(self, names: Sequence[bytes]) -> list[bytes | None]:
        found: list[bytes | None] = []
        for start in range(0, len(names), _MOST_KEYS):
            values = await self._client.mget_nonatomic(names[start : start + _MOST_KEYS])
            found += cast("list[bytes | None]", values)
        return found

    async def _claim(self, claim: Claim) -> bool:
        return bool(await self._client.set(claim.lease, b"1", nx=True, px=claim.life_ms))

    async def _write(self, asked: Asked) -> None:
        if asked.puts or asked.drops:
            pipe = self._client.pipeline()
            for put in asked.puts:
                pipe.set(put.name, put.value, px=put.life_ms)
            for name in asked.drops:
                pipe.delete(name)
            await pipe.execute()
