"""Connections to Redis or Valkey that fail fast."""

from typing import Any
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from typing_extensions import override

from hub.fetch.link import RedisClient

_SENTINEL_PORT = 26379
_PORT = 6379


def connect_redis(url: str, *, timeout_s: float = 1.0) -> RedisClient:
    """Return a client that never retries and never waits long; nothing is connected yet.

    Args:
        url: ``redis://[user:password@]host:port/db`` for one server, ``rediss://`` with TLS,
            ``redis+sentinel://[user:password@]host:port,host:port/service[/db]`` for Sentinel,
            ``redis+cluster://[user:password@]host:port,host:port`` for a cluster; the last two
            as ``rediss+…`` with TLS.
        timeout_s: Longest silence of the server, and longest connecting; ``FetchSettings`` has
            the bound that counts, and this stands behind it.

    Raises:
        ValueError: Another scheme, or Sentinel without a service.
    """
    retry = Retry(NoBackoff(), 0)
    scheme, _, kind = urlsplit(url).scheme.partition("+")
    if scheme not in {"redis", "rediss"} or kind not in {"", "sentinel", "cluster"}:
        message = "a Redis address starts with redis, rediss, redis+sentinel or redis+cluster"
        raise ValueError(message)
    if kind == "sentinel":
        return _sentinel(url, timeout_s, retry)
    if kind == "cluster":
        return _cluster(url, timeout_s, retry)
    return Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=retry
    )


class _Watched(Redis):
    """The server that Sentinel names; closing it closes what watches it."""

    @override
    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        pool = self.connection_pool
        if isinstance(pool, SentinelConnectionPool):
            for watcher in pool.sentinel_manager.sentinels:
                await watcher.aclose()


def _sentinel(url: str, timeout_s: float, retry: Retry) -> Redis:
    parts = urlsplit(url)
    service, _, db = parts.path.strip("/").partition("/")
    if not service:
        message = "a Sentinel address names the service after the hosts"
        raise ValueError(message)
    limits: dict[str, Any] = {
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "ssl": parts.scheme.startswith("rediss"),
        "retry": retry,
    }
    hosts = _hosts(url, _SENTINEL_PORT)
    sentinel = Sentinel(hosts, sentinel_kwargs=limits)  # type: ignore[no-untyped-call]  # redis-py
    client: Redis = sentinel.master_for(
        service,
        redis_class=_Watched,
        db=int(db or 0),
        username=_word(parts.username),
        password=_word(parts.password),
        **limits,
    )
    return client


def _cluster(url: str, timeout_s: float, retry: Retry) -> RedisCluster:
    parts = urlsplit(url)
    return RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in _hosts(url, _PORT)],
        username=_word(parts.username),
        password=_word(parts.password),
        ssl=parts.scheme.startswith("rediss"),
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=retry,
    )


def _hosts(url: str, port: int) -> list[tuple[str, int]]:
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    split = [urlsplit(f"//{place}") for place in places]
    return [(each.hostname or "localhost", each.port or port) for each in split]


def _word(quoted: str | None) -> str | None:
    return None if quoted is None else unquote(quoted)
