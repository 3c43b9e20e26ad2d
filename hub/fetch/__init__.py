"""Room ``fetch``: every register asked at most once per operation, through cache and breaker."""

from hub.fetch.bounds import FetchSettings
from hub.fetch.fetcher import Fetcher
from hub.fetch.link import RedisClient
from hub.fetch.redis import connect_redis

__all__ = ["FetchSettings", "Fetcher", "RedisClient", "connect_redis"]
