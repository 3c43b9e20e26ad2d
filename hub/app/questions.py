"""Desks that answer questions about the log and about agreements, wired."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from hub.app.given import Given
from hub.app.identities import RegisterIdentities
from hub.app.reports import report_posts
from hub.app.retention import retention_posts
from hub.audit.cursor import SealedCursors
from hub.audit.health import HealthDesk
from hub.audit.proving import Prover
from hub.audit.questions import LogDesk, Names
from hub.audit.receipts import ReceiptDesk
from hub.audit.tlog.logkey import LogKey
from hub.audit.usage import UsageDesk
from hub.model.desk import ANYBODY, HUB, OFFICERS, PERSON, Post
from hub.policy.desk import PolicyDesk
from hub.policy.revisions import KnownRevisions
from hub.storage.agreements import AgreementTable
from hub.storage.database import Database, Patience
from hub.storage.health import HealthTable
from hub.storage.log_entries import LogEntries
from hub.storage.tree import TreeTable

__all__ = ["Given", "question_posts"]

PATIENCE: Final = Patience(command_s=3.0, plans="force_custom_plan")
REPORTS_PATIENCE: Final = Patience(command_s=20.0, plans="force_custom_plan")
CONNECTIONS: Final = 2


@asynccontextmanager
async def question_posts(given: Given) -> AsyncIterator[Mapping[str, Post]]:
    """Open the desks, by the published names of their root fields.

    They have connections of their own, so that a long question holds up no request, and reports
    others, so that they hold up no question.
    """
    url = given.settings.database_url
    questions = Database(url, patience=PATIENCE, pool_size=CONNECTIONS)
    reports = Database(url, patience=REPORTS_PATIENCE, pool_size=1)
    try:
        yield {
            **_posts(given, questions),
            **report_posts(given, reports),
            **retention_posts(given),
        }
    finally:
        await questions.aclose()
        await reports.aclose()


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
        names=_names(given),
    )
    receipts = ReceiptDesk(
        entries=entries,
        prover=Prover(TreeTable(questions), given.tree),
        cursors=cursors,
        key=LogKey(given.settings.log_origin, given.settings.log_key),
    )
    health = HealthDesk(store=HealthTable(questions))
    policy = PolicyDesk(
        store=store,
        book=given.book.current,
        rules=given.rules,
        controllers=given.controllers,
        cursors=cursors,
    )
    return {
        "usage": Post(answer=usage.usage, admits=PERSON | OFFICERS),
        "findUsage": Post(answer=usage.find_usage, admits=PERSON | OFFICERS),
        "usagePeriod": Post(answer=usage.usage_period, admits=PERSON | OFFICERS),
        "accessLog": Post(answer=log.access_log, admits=OFFICERS),
        "receipt": Post(answer=receipts.receipt, admits=ANYBODY),
        "logHealth": Post(answer=health.log_health, admits=HUB),
        "agreementHistory": Post(answer=policy.agreement_history, admits=OFFICERS),
        "policyMatrix": Post(answer=policy.policy_matrix, admits=OFFICERS),
    }


def _names(given: Given) -> Names:
    words = given.rules.vocabulary
    return Names(
        registers=frozenset(given.rules.catalogue.registers),
        purposes=frozenset(map(words.iri, words.purposes)),
        namespace=words.namespace,
    )
