"""Which room gets what: everything a running hub is made of, opened and closed in order."""

import asyncio
import contextlib
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import KeySet
from prometheus_client import CollectorRegistry

from hub.app import publication
from hub.app.clock import SystemClock
from hub.app.consents import Consulted, consent_posts
from hub.app.desks import posts
from hub.app.findings import finding_posts
from hub.app.questions import Given, question_posts
from hub.app.sequencing import open_whole_log
from hub.app.words import published_words
from hub.caller import Identification, Trust, open_identification
from hub.consent.book import Consents
from hub.errors import Code, Misconfigured, ServiceUnavailable
from hub.fetch import Fetcher, FetchSettings, connect_redis
from hub.http.health import Probe
from hub.model.catalogue import Catalogue
from hub.pipeline import Engines, Preparations, Recollections, Rooms
from hub.plan.documents import Documents
from hub.plan.plans import Plans
from hub.plan.selftest import differences
from hub.policy.book import AgreementBook
from hub.policy.cedar import Rules, load_rules
from hub.policy.engine import Policy
from hub.policy.misuse import load_thresholds
from hub.policy.source import packaged
from hub.ports import Clock, Connector, RegisterConfig
from hub.ports.tlog import LogView
from hub.settings import Settings
from hub.storage.agreements import AgreementTable
from hub.storage.clients import ClientTable
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import LogTable
from hub.storage.pulse import Pulse, open_pulse
from hub.storage.quota import Quotas
from hub.storage.scopes import ScopeTable
from hub.storage.tokens import SubjectTokens

_log = structlog.get_logger(__name__)
_AHEAD: Final = 4
_WARM_S: Final = 1.0
Connectors = Mapping[str, Connector]
Refit = Callable[[Connectors], Connectors]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A running hub: its rooms, what tells whether it can answer, its metrics, its log's tree."""

    rooms: Rooms
    probes: Mapping[str, Probe]
    metrics: CollectorRegistry
    tree: LogView | None = None


@asynccontextmanager
async def open_hub(
    settings: Settings,
    *,
    refit: Refit = dict,
    ahead: bool = False,
    clock: Clock | None = None,
) -> AsyncIterator[Hub]:
    """Open every room for as long as the block runs.

    Args:
        settings: From the environment, or the sandbox's.
        refit: Applied to the connectors, the population register's among them; for those who
            must watch what is asked of registers.
        clock: Tells the time; None: the system's.
        ahead: Build decision sets and open connections before anybody asks, as a server does.

    Raises:
        Misconfigured: The schema, the policies or the controllers' keys cannot be used.
    """
    clock, metrics = clock or SystemClock(), CollectorRegistry()
    keyring = MasterKeyring(settings.master_key)
    tokens = SubjectTokens(keyring)
    catalogue = publication.catalogue()
    rules = _rules(settings, catalogue)
    trust, keys = _trust(settings), controllers(settings)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.aclose)
        redis = connect_redis(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        connectors = refit(_connect(settings, clock))
        for connector in connectors.values():
            stack.push_async_callback(connector.aclose)
        published, population = _by_role(connectors)
        table = LogTable(database, tokens, clock)
        stack.push_async_callback(table.aclose)
        log, tree = await stack.enter_async_context(
            open_whole_log(settings, database, table, keyring, clock, metrics)
        )
        caller = await stack.enter_async_context(
            open_identification(trust, clients=ClientTable(database), clock=clock)
        )
        fetch = await stack.enter_async_context(
            Fetcher(
                published,
                population,
                redis,
                keyring,
                clock,
                FetchSettings(deadline_s=settings.request_deadline_s),
                metrics=metrics,
            )
        )
        book = AgreementBook(
            store=AgreementTable(database), rules=rules, controllers=keys, clock=SystemClock()
        )
        await book.refresh()
        await stack.enter_async_context(_watching(book))
        pulse = await stack.enter_async_context(open_pulse(database))
        policy = Policy(book.current, clock)
        asked = await stack.enter_async_context(
            question_posts(
                Given(
                    settings=settings,
                    database=database,
                    keyring=keyring,
                    clock=clock,
                    fetch=fetch,
                    rules=rules,
                    book=book,
                    controllers=keys,
                    tree=tree,
                    log=log,
                )
            )
        )
        rooms = Rooms(
            schema=publication.schema(),
            catalogue=catalogue,
            connectors=published,
            documents=Documents(publication.schema()),
            plans=Plans(publication.schema()),
            preparations=Preparations(
                publication.schema(), published, policy, planner=_planner(settings)
            ),
            recollections=Recollections(fetch),
            caller=caller,
            policy=policy,
            scope=ScopeTable(database, tokens),
            quota=Quotas(database, redis, tokens),
            consents=Consents(ConsentTable(database, tokens), clock),
            fetch=fetch,
            access_log=log,
            pulse=pulse,
            clock=clock,
            engines=Engines(metrics),
            desks=posts(
                asked,
                finding_posts(database, keyring),
                consent_posts(
                    Consulted(
                        database=database,
                        keyring=keyring,
                        fetch=fetch,
                        book=book.current,
                        catalogue=catalogue,
                        clock=clock,
                        words=published_words(_policies(settings)),
                    )
                ),
            ),
            introspection=settings.introspection,
            max_subjects=settings.max_subjects,
        )
        if ahead:
            await _warmed(database, connectors, book)
        yield Hub(
            rooms=rooms,
            probes=_probes(database, pulse, book, caller),
            metrics=metrics,
            tree=tree,
        )


async def _warmed(database: Database, connectors: Connectors, book: AgreementBook) -> None:
    """Open connections ahead, so that the first requests do not wait; what fails is tried again.

    Decision sets are begun last: they would hold up the start, and nobody need wait for them.
    """
    pings = [database.ping() for _ in range(_AHEAD)]
    pings += [connector.ping() for connector in connectors.values()]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_WARM_S):
            await asyncio.gather(*pings, return_exceptions=True)
    book.warm()


def _planner(settings: Settings) -> bool:
    """Tell whether operations are planned; graphql-core answers everything otherwise."""
    if not settings.planner:
        _log.warning("planner_off", reason="HUB_PLANNER")
        return False
    if found := differences():
        _log.error("planner_off", reason="it does not answer as graphql-core does", cases=found)
        return False
    return True


def _rules(settings: Settings, catalogue: Catalogue) -> Rules:
    """Return the rules; a table of thresholds that is wrong stops the start as well."""
    rules = load_rules(_policies(settings), catalogue, sandbox=settings.introspection)
    load_thresholds(_policies(settings), rules.vocabulary)
    return rules


def _policies(settings: Settings) -> Traversable:
    return settings.policies_dir or packaged()


def _connect(settings: Settings, clock: Clock) -> dict[str, Connector]:
    return {
        name: module.connect(RegisterConfig(url=settings.registers[name]), clock)
        for name, module in publication.connector_modules().items()
    }


def _by_role(connectors: Connectors) -> tuple[dict[str, Connector], Connector | None]:
    published = {n: c for n, c in connectors.items() if c.manifest.role == "register"}
    others = [c for c in connectors.values() if c.manifest.role == "population"]
    if len(others) != 1:
        raise Misconfigured(["exactly one connector must have the role of the population register"])
    return published, others[0]


def _trust(settings: Settings) -> Trust:
    keys = settings.person_keys_file
    trust = Trust(
        issuer=settings.issuer,
        audience=settings.audience,
        jwks_url=settings.jwks_url,
        require_binding=settings.require_binding,
        person_keys=KeySet.import_key_set(json.loads(keys.read_bytes())) if keys else None,
        ca_file=settings.issuer_ca_file,
    )
    if problems := trust.problems():
        raise Misconfigured(problems)
    return trust


def controllers(settings: Settings) -> dict[str, Ed25519PublicKey]:
    """Return the register controllers' public keys.

    Raises:
        Misconfigured: The file is missing or malformed.
    """
    try:
        known = json.loads(settings.controllers_file.read_bytes())
        return {
            name: Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))
            for name, text in known.items()
        }
    except (OSError, ValueError, AttributeError):
        raise Misconfigured(
            ["the controllers file must map names to Ed25519 public keys in base64"]
        ) from None


def _probes(
    database: Database, pulse: Pulse, book: AgreementBook, caller: Identification
) -> Mapping[str, Probe]:
    async def access_log() -> None:
        async with pulse.guarded():
            await database.ping()

    async def policy() -> None:
        book.current()

    async def tokens() -> None:
        if not caller.ready:
            raise ServiceUnavailable(Code.ISSUER_UNAVAILABLE)

    return {"access_log": access_log, "policy": policy, "tokens": tokens}


@asynccontextmanager
async def _watching(book: AgreementBook) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(book.watch())
        try:
            yield
        finally:
            task.cancel()
