"""A real PostgreSQL and a real Redis, from Python packages, for the sandbox and the tests.

Both listen on 127.0.0.1 alone, with a password that is kept in their data folder. They die with
the process that started them, but not of the Ctrl-C that reaches it: the hub drains first.
"""

from hub.sandbox.servers.failure import ServerFailed
from hub.sandbox.servers.postgres import PostgresServer, discard_postgres, start_postgres
from hub.sandbox.servers.redis import RedisServer, discard_redis, start_redis
from hub.sandbox.servers.server import Server

__all__ = [
    "PostgresServer",
    "RedisServer",
    "Server",
    "ServerFailed",
    "discard_postgres",
    "discard_redis",
    "start_postgres",
    "start_redis",
]
