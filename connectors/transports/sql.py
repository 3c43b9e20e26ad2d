"""Registers reached by SQL: a connector made of declarations.

A register's module declares its rows and its mapping; everything else is here. Nothing of this
shows in the connector port, so the next wire replaces this module and no other.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType, TracebackType
from typing import Any, Generic, TypeVar, cast

import asyncpg
import msgspec
import structlog
from sqlalchemy import make_url

from connectors.transports.merging import merged
from connectors.transports.sql_pool import Connection, Pool
from connectors.transports.sql_rows import Record
from connectors.transports.sql_statement import Question, Statement, compile_statement
from hub.errors import Code, RegisterError
from hub.model.catalogue import FieldId, Manifest
from hub.model.evidence import Ask, Facts, Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, RegisterConfig, Reply

F = TypeVar("F", bound=Facts)

STATEMENTS_KEPT = 256
"""Statements kept compiled per connector, and prepared per connection."""

_FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_log = structlog.get_logger(__name__)


def _nobody(_published: Any) -> Sequence[tuple[str, PersonalCode]]:  # noqa: ANN401 — as the port
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRegister(Generic[F]):
    """All that tells one SQL register from another.

    Attributes:
        facts: msgspec Struct; attributes are named as ``record``'s columns, default ``UNSET``.
        record: Source tables.
        present: As ``Connector.present``.
        needs: Published leaf to column names. A leaf that is not listed (``provenance``) needs
            ``presence``. Left empty by a register that is not published: all columns are needed.
        presence: Columns that tell whether there is a record at all.
        others: As ``Connector.others``.
    """

    manifest: Manifest
    facts: type[F]
    record: Record
    present: Callable[[F, Mapping[str, Any], Provenance, date], object | None]
    needs: Mapping[FieldId, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    presence: frozenset[str] = frozenset()
    others: Callable[[Any], Sequence[tuple[str, PersonalCode]]] = _nobody


class SqlConnector(Generic[F]):
    """A ``hub.ports.Connector``: SQLAlchemy Core compiled once, run on asyncpg's connections."""

    def __init__(self, register: SqlRegister[F], config: RegisterConfig, clock: Clock) -> None:
        """Prepare, without connecting yet."""
        self._register = register
        self._clock = clock
        manifest = register.manifest
        self._pool = Pool(partial(_connect, _address(config.url), manifest), manifest.concurrency)
        self._decoder = msgspec.json.Decoder(register.facts)
        self._statement = lru_cache(maxsize=STATEMENTS_KEPT)(self._compile)

    @property
    def manifest(self) -> Manifest:
        """What the register declares about itself."""
        return self._register.manifest

    @property
    def facts_type(self) -> type[F]:
        """The msgspec Struct of its facts."""
        return self._register.facts

    def columns(self, fields: Collection[FieldId]) -> frozenset[str]:
        """Return the columns needed to answer ``fields``; never empty."""
        needs = self._register.needs
        if not needs:
            return self._register.record.columns
        wanted = frozenset[str]().union(*(needs.get(leaf, frozenset()) for leaf in fields))
        return wanted or self._register.presence

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        """Ask for all ``codes``: one statement per ``manifest.max_batch`` of them.

        Each tells the register's function ``asked`` the reference, and how many codes it is about.

        Raises:
            RegisterError: ``register_unavailable`` or ``register_malformed``.
        """
        as_of = self._clock.now()  # before the question, so never later than true
        statement = self._statement(ask.columns, windowed=ask.window is not None)
        asked = {code.digits: code for code in codes}
        facts: dict[PersonalCode, Facts] = {}
        question = Question(digits=list(asked), reference=reference, window=ask.window)
        for digits, text in await self._read(statement, question):
            self._add(facts, asked[digits], text)
        return Reply(facts=facts, as_of=as_of)

    def merge(self, facts: Sequence[Facts]) -> F:
        """Join the facts of one person: rows of all codes, single values of the current one."""
        return merged(cast("Sequence[F]", facts))

    def present(
        self, facts: Facts, arguments: Mapping[str, Any], provenance: Provenance, today: date
    ) -> object | None:
        """Map facts to the published type, pure."""
        return self._register.present(cast("F", facts), arguments, provenance, today)

    def others(self, published: object) -> Sequence[tuple[str, PersonalCode]]:
        """Return the persons embedded in a presented object."""
        return self._register.others(published)

    async def ping(self) -> None:
        """Raise ``RegisterError`` when the register cannot be reached."""
        lent = self._driver()
        async with lent as driver:
            await driver.fetch("SELECT 1", timeout=lent.left_s())

    async def aclose(self) -> None:
        """Release connections."""
        await self._pool.aclose()

    def _compile(self, columns: frozenset[str], *, windowed: bool) -> Statement:
        return compile_statement(self._register.record, columns, windowed=windowed)

    def _add(self, facts: dict[PersonalCode, Facts], code: PersonalCode, text: str) -> None:
        try:
            found: Facts = self._decoder.decode(text)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise self._failed(Code.REGISTER_MALFORMED, error) from None
        facts[code] = self.merge([facts[code], found]) if code in facts else found

    async def _read(self, statement: Statement, question: Question) -> Iterable[asyncpg.Record]:
        """Run the statement for all codes, so many at a time."""
        most, lent = self._register.manifest.max_batch, self._driver()
        rows: list[asyncpg.Record] = []
        async with lent as driver:
            for start in range(0, len(question.digits), most):
                arguments = statement.arguments(question.part(start, most))
                rows += await driver.fetch(statement.text, *arguments, timeout=lent.left_s())
        return rows

    def _driver(self) -> "_Lent":
        """Lend a driver connection until the register's deadline; a broken one never returns."""
        return _Lent(self._pool, self._register.manifest.deadline_s, self._failed)

    def _failed(self, code: Code, error: Exception) -> RegisterError:
        name = self.manifest.name
        _log.warning("register_failed", register=name, code=code.code, cause=type(error).__name__)
        return RegisterError(code, register=name)


class _Lent:
    """A connection for as long as a block runs, which gives its calls the time that is left.

    It comes back after an error that the server told; after anything else, such as a deadline in
    the midst of an answer, it is closed.

    A class, as two generators for every call would cost as much as the driver's own work.
    """

    __slots__ = ("_connection", "_failed", "_loop", "_pool", "_until")

    def __init__(
        self, pool: Pool, deadline_s: float, failed: Callable[[Code, Exception], RegisterError]
    ) -> None:
        self._pool = pool
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + deadline_s

    def left_s(self) -> float:
        """Return the seconds until the register's deadline; the driver keeps to them."""
        return max(0.0, self._until - self._loop.time())

    async def __aenter__(self) -> Connection:
        try:
            self._connection = await self._pool.take(self._until)
        except _FAILURES as error:
            raise self._failed(Code.REGISTER_UNAVAILABLE, error) from None
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if raised is None or isinstance(raised, asyncpg.PostgresError):
            self._pool.give_back(self._connection)
        else:
            self._pool.end(self._connection)
        if isinstance(raised, _FAILURES):
            raise self._failed(Code.REGISTER_UNAVAILABLE, raised) from None


def _address(url: str) -> str:
    """Return the address as the driver reads it, ``sslmode`` and what belongs to it included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _connect(address: str, manifest: Manifest) -> Connection:
    milliseconds = str(int(manifest.deadline_s * 1000))
    connection: Connection = await asyncpg.connect(
        address,
        timeout=manifest.deadline_s,
        statement_cache_size=STATEMENTS_KEPT,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
        server_settings={
            "application_name": f"hub:{manifest.name}",
            "default_transaction_read_only": "on",
            "idle_in_transaction_session_timeout": milliseconds,
            "jit": "off",  # compiling costs more than these short reads
            "statement_timeout": milliseconds,
            "timezone": "UTC",
        },
    )
    return connection
