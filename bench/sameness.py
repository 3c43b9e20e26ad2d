"""Whether both servers give the same answers; figures of different answers would mean nothing."""

from collections.abc import Iterator

import httpx
import orjson

from bench.servers import Server
from bench.workloads import WORKLOADS
from hub.sandbox.servers.address import LOOPBACK

_OF_THE_MOMENT = frozenset({"asOf", "fetchedAt", "cached"})
_PERSONS = 60


class Different(Exception):
    """The servers do not give the same answer; the paths alone are told."""


def check_same(one: Server, other: Server) -> dict[str, int]:
    """Compare ``data`` of both for some persons of every workload; return how many of each.

    Only what tells the moment of fetching is left out: ``asOf``, ``fetchedAt``, ``cached``.

    Raises:
        Different: Some answer differs.
    """
    counts: dict[str, int] = {}
    for workload in WORKLOADS:
        codes = one.sandbox.codes[: max(_PERSONS, workload.persons)]
        bodies = workload.bodies(codes, one.sandbox.today)
        for mine, others in zip(_asked(one, bodies), _asked(other, bodies), strict=True):
            paths = sorted(_differences(mine, others, "data"))
            if paths:
                raise Different(workload.name, paths[:20])
        counts[workload.name] = len(bodies) * workload.persons
    return counts


def _asked(server: Server, bodies: list[bytes]) -> Iterator[object]:
    headers = {**server.headers(), "content-type": "application/json"}
    url = f"http://{LOOPBACK}:{server.port}{server.path}"
    with httpx.Client(trust_env=False, timeout=30, headers=headers) as http:
        for body in bodies:
            answer = orjson.loads(http.post(url, content=body).raise_for_status().content)
            if answer.get("errors"):
                raise Different(server.name, answer["errors"][:3])
            yield answer["data"]


def _differences(mine: object, other: object, path: str) -> Iterator[str]:
    if isinstance(mine, dict) and isinstance(other, dict):
        for name in mine.keys() | other.keys():
            if name not in _OF_THE_MOMENT:
                absent = object()
                yield from _differences(
                    mine.get(name, absent), other.get(name, absent), f"{path}.{name}"
                )
    elif isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for one, another in zip(mine, other, strict=True):
            yield from _differences(one, another, f"{path}[]")
    elif mine != other:
        yield path
