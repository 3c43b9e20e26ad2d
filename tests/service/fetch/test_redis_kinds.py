"""One server, a cluster, Sentinel: the same cache behind each address."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis as Plain
from redis.asyncio import Redis, RedisCluster
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from hub.fetch import connect_redis
from hub.model.evidence import Found
from hub.sandbox.servers.binaries import redis_program
from tests.service.fetch.opening import ask, fetching
from tests.unit.fetch.register import Register, Time, one, order, permit, person

pytestmark = pytest.mark.asyncio

_HIGHEST_PORT = 55_535  # nodes of a cluster speak to each other ten thousand above


@contextmanager
def started(folder: Path, *settings: str, sentinel: bool = False) -> Iterator[int]:
    """Run Redis with ``settings`` on a free port."""
    port = _HIGHEST_PORT + 1
    while port > _HIGHEST_PORT:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            port = held.getsockname()[1]
    folder.mkdir()
    lines = ("bind 127.0.0.1", f"port {port}", f'dir "{folder}"', *settings)
    (folder / "redis.conf").write_text("\n".join(lines))
    words = [str(redis_program()), str(folder / "redis.conf"), *(["--sentinel"] * sentinel)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def answering(port: int) -> Iterator[Plain]:
    """Wait until the server answers."""
    client = Plain(port=port, retry=Retry(ConstantBackoff(0.02), 500))
    client.ping()
    yield client
    client.close()


def make_cluster(port: int) -> None:
    """Let one node serve all slots."""
    with answering(port) as node:
        node.cluster("ADDSLOTS", *range(16_384))
        deadline = time.monotonic() + 10
        while node.cluster("INFO")["cluster_state"] != "ok":
            assert time.monotonic() < deadline
            time.sleep(0.05)


async def test_a_cluster_serves_batches_and_eviction(tmp_path: Path) -> None:
    register = Register(Time())
    register.lend(*(person(number) for number in range(50)))
    batch = order(*(one(number) for number in range(100)))
    settings = ('save ""', "cluster-enabled yes", "cluster-config-file nodes.conf")
    with started(tmp_path / "node", *settings) as port:
        make_cluster(port)
        client = connect_redis(f"redis+cluster://127.0.0.1:{port}", timeout_s=2.0)
        assert isinstance(client, RedisCluster)
        async with fetching(client, register) as fetcher:
            first = await ask(fetcher, permit(), batch)
            second = await ask(fetcher, permit(), batch)
            await fetcher.evict(person(7))
            await ask(fetcher, permit(), batch)
        await client.aclose()
    assert [len(call) for call in register.calls] == [100, 1]
    assert first.keys() == second.keys()
    assert all(each.cached for each in second.values() if isinstance(each, Found))


async def test_sentinel_names_the_server(tmp_path: Path) -> None:
    register = Register(Time())
    register.lend(person(1))
    with started(tmp_path / "server", 'save ""') as port:
        with answering(port):
            pass
        watch = f"sentinel monitor cache 127.0.0.1 {port} 1"
        with started(tmp_path / "sentinel", watch, sentinel=True) as sentinel_port:
            with answering(sentinel_port):
                pass
            address = f"redis+sentinel://127.0.0.1:{sentinel_port}/cache/2"
            client = connect_redis(address, timeout_s=2.0)
            async with fetching(client, register) as fetcher:
                await ask(fetcher, permit(), order(one(1)))
                await ask(fetcher, permit(), order(one(1)))
            await client.aclose()
    assert len(register.calls) == 1


@pytest.mark.parametrize(
    "address",
    ["http://localhost", "redis+other://localhost", "redis+sentinel://localhost:26379", "host:1"],
)
async def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"Redis address|Sentinel address"):
        connect_redis(address)


async def test_addresses_carry_password_database_and_several_hosts() -> None:
    single = connect_redis("redis://:s%2Fcret@db.example:7000/3")
    assert isinstance(single, Redis)
    kwargs = single.connection_pool.connection_kwargs
    assert (kwargs["host"], kwargs["port"], kwargs["db"]) == ("db.example", 7000, 3)
    assert (kwargs["password"], kwargs["socket_timeout"]) == ("s/cret", 1.0)
    assert kwargs["retry"].get_retries() == 0
    cluster = connect_redis("rediss+cluster://hub:s%2Fcret@a.example:7000,b.example")
    assert isinstance(cluster, RedisCluster)
    known = {(node.host, node.port) for node in cluster.nodes_manager.startup_nodes.values()}
    assert known == {("a.example", 7000), ("b.example", 6379)}
    assert cluster.connection_kwargs["password"] == "s/cret"
    watched = connect_redis("redis+sentinel://:s%2Fcret@a.example,b.example:7/cache/4")
    assert isinstance(watched, Redis)
    assert watched.connection_pool.connection_kwargs["db"] == 4
    for each in (single, cluster, watched):
        await each.aclose()
