"""One connection to Redis on which several commands go out at once.

redis-py makes and keeps the connection (TLS, password, database, Sentinel); commands are packed and
written together, which costs a fifth of giving each to its client.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from hiredis import pack_command
from redis.asyncio import Redis
from redis.exceptions import ResponseError

Word: TypeAlias = bytes | int
Command: TypeAlias = tuple[Word, ...]

_pack: Any = pack_command  # typed as if commands had one word


class Wire:
    """Commands and answers in order; whoever calls bounds the time, and one calls at a time."""

    def __init__(self, client: Redis) -> None:
        """Connect as ``client`` would, when first used."""
        self._pool: Any = client.connection_pool  # redis-py's are half typed
        self._connection: Any = None

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Send all ``commands``, and return their answers; one refused answers ``ResponseError``.

        Raises:
            redis.exceptions.RedisError: The connection failed; the next call makes another.
        """
        if self._connection is None:
            await self._connect()
        connection = self._connection
        try:
            packed = b"".join([_pack(command) for command in commands])
            await connection.send_packed_command(packed, check_health=False)
            return [await self._answer() for _ in commands]
        except BaseException:
            # an answer that still comes would be taken for the next question's
            self._connection = None
            await connection.disconnect(nowait=True)
            raise

    async def aclose(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _connect(self) -> None:
        connection: Any = self._pool.make_connection()
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        connection.socket_timeout = None  # would start a task for every write
        self._connection = connection

    async def _answer(self) -> Any:  # noqa: ANN401 — whatever Redis answers
        try:
            return await self._connection.read_response(disable_decoding=True)
        except ResponseError as refusal:
            return refusal
