"""Desks that answer questions about the log and about agreements, wired."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.app.identities import RegisterIdentities
from hub.audit.cursor import SealedCursors
from hub.audit.logview import TreeView
from hub.audit.proving import Prover
from hub.audit.questions import LogDesk
from hub.audit.receipts import ReceiptDesk
from hub.audit.tlog.logkey import LogKey
from hub.audit.usage import UsageDesk
from hub.model.agreement import Oversight
from hub.model.desk import Post
from hub.policy.book import AgreementBook
from hub.policy.cedar import Rules
from hub.policy.desk import PolicyDesk
from hub.policy.revisions import KnownRevisions
from hub.ports import Clock, Fetch, Keyring
from hub.settings import Settings
from hub.storage.agreements import AgreementTable
from hub.storage.database import Database, Patience
from hub.storage.log_entries import LogEntries
from hub.storage.tree import TreeTable

PATIENCE: Final = Patience(command_s=3.0, plans="force_custom_plan")
CONNECTIONS: Final = 2
PERSONS: Final = frozenset({Oversight.PERSON, Oversight.INSTITUTION, Oversight.HUB})
OFFICERS: Final = frozenset({Oversight.INSTITUTION, Oversight.HUB})
ANYBODY: Final = frozenset({None, *Oversight})


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What these desks are made of."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: Clock
    fetch: Fetch
    rules: Rules
    book: AgreementBook
    controllers: Mapping[str, Ed25519PublicKey]
    tree: TreeView


@asynccontextmanager
async def question_posts(given: Given) -> AsyncIterator[Mapping[str, Post]]:
    """Open the desks, by the published names of their root fields.

    They have connections of their own, so that a long question holds up no request.
    """
    questions = Database(given.settings.database_url, patience=PATIENCE, pool_size=CONNECTIONS)
    try:
        yield _posts(given, questions)
    finally:
        await questions.aclose()


def _posts(given: Given, questions: Database) -> Mapping[str, Post]:
    cursors, store = SealedCursors(given.keyring), AgreementTable(given.database)
    entries = LogEntries(questions)
    revisions = KnownRevisions(store, given.rules)
    identities = RegisterIdentities(given.fetch, given.clock, given.rules.version)
    usage = UsageDesk(
        entries=entries,
        revisions=revisions,
        identities=identities,
        cursors=cursors,
        keyring=given.keyring,
        clock=given.clock,
    )
    log = LogDesk(
        entries=entries,
        revisions=revisions,
        identities=identities,
        cursors=cursors,
        keyring=given.keyring,
    )
    receipts = ReceiptDesk(
        entries=entries,
        prover=Prover(TreeTable(questions), given.tree),
        cursors=cursors,
        key=LogKey(given.settings.log_origin, given.settings.log_key),
    )
    policy = PolicyDesk(
        store=store,
        book=given.book.current,
        rules=given.rules,
        controllers=given.controllers,
        cursors=cursors,
    )
    return {
        "usage": Post(answer=usage.usage, admits=PERSONS),
        "findUsage": Post(answer=usage.find_usage, admits=PERSONS),
        "usagePeriod": Post(answer=usage.usage_period, admits=PERSONS),
        "accessLog": Post(answer=log.access_log, admits=OFFICERS),
        "receipt": Post(answer=receipts.receipt, admits=ANYBODY),
        "agreementHistory": Post(answer=policy.agreement_history, admits=OFFICERS),
        "policyMatrix": Post(answer=policy.policy_matrix, admits=OFFICERS),
    }
