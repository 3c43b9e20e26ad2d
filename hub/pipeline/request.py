"""What walks the corridor, and what comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLSchema
from msgspec import Struct

from hub.errors import HubError
from hub.model.caller import Credentials
from hub.model.catalogue import Catalogue
from hub.model.desk import Post
from hub.model.entry import Receipt
from hub.pipeline.engines import Engines
from hub.pipeline.prepared import Preparations
from hub.pipeline.recollections import Recollections
from hub.plan.documents import Documents
from hub.plan.plans import Plans
from hub.ports import (
    AccessLog,
    Clock,
    Connector,
    ConsentBook,
    Fetch,
    Identify,
    PolicyEngine,
    Pulse,
    QuotaCounter,
    ScopeStore,
)

Encode: TypeAlias = Callable[[Mapping[str, Any] | None, Sequence[HubError], Receipt], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A GraphQL request whose body was read and bounded; nothing else is checked yet.

    Attributes:
        safe: Sent by a method that may not ask about persons (GET).
        encode: Makes the body while the log is written; data, errors, the receipt promised.
    """

    query: str
    operation_name: str | None
    variables: Mapping[str, Any] = field(repr=False)
    credentials: Credentials = field(repr=False)
    safe: bool = False
    encode: Encode | None = None


class Release(Struct, frozen=True, kw_only=True):
    """What leaves: only a receipt, so a committed entry, makes one.

    Attributes:
        data: May hold ``orjson.Fragment``s: parts that were encoded before.
        body: What the request's ``encode`` made of it, if it had one.
    """

    data: Mapping[str, Any] | None
    errors: tuple[HubError, ...]
    receipt: Receipt
    body: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms of one hub, wired by ``hub.app``.

    Attributes:
        introspection: Whether the live schema may be explored (sandbox only).
        max_subjects: Most persons in one request, whatever an agreement says.
    """

    schema: GraphQLSchema
    catalogue: Catalogue
    connectors: Mapping[str, Connector]
    documents: Documents
    plans: Plans
    preparations: Preparations
    recollections: Recollections
    caller: Identify
    policy: PolicyEngine
    scope: ScopeStore
    quota: QuotaCounter
    consents: ConsentBook
    fetch: Fetch
    access_log: AccessLog
    pulse: Pulse
    clock: Clock
    engines: Engines
    desks: Mapping[str, Post]
    introspection: bool = False
    max_subjects: int = 10_000
