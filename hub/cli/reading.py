"""The policy engine over a hub's database or a policy folder, for verbs that only look."""

from hub.app.wiring import controllers
from hub.model.catalogue import Catalogue
from hub.policy.book import AgreementBook, Book, drafted_book
from hub.policy.cedar import Rules, load_rules
from hub.policy.documents import load_documents
from hub.policy.engine import Policy
from hub.policy.source import packaged
from hub.ports import Clock
from hub.settings import Settings
from hub.storage.agreements import AgreementTable
from hub.storage.database import Database


async def kept_book(settings: Settings, catalogue: Catalogue, clock: Clock) -> Book:
    """Return the agreements as they stand in the database now.

    Raises:
        ServiceUnavailable: ``policy_unavailable``.
    """
    database = Database(settings.database_url)
    book = AgreementBook(
        store=AgreementTable(database),
        rules=_rules(settings, catalogue),
        controllers=controllers(settings),
        clock=clock,
    )
    try:
        await book.refresh()
    finally:
        await database.aclose()
    return book.current()


def written_book(catalogue: Catalogue) -> Book:
    """Return the sandbox's agreements as written in the packaged folder, unsigned."""
    rules = load_rules(packaged(), catalogue, sandbox=True)
    return drafted_book(
        rules, load_documents(packaged() / "agreements", rules.vocabulary, catalogue)
    )


async def policy_of(settings: Settings, catalogue: Catalogue, clock: Clock) -> Policy:
    """Return the engine over ``kept_book``."""
    book = await kept_book(settings, catalogue, clock)
    return Policy(lambda: book, clock)


def _rules(settings: Settings, catalogue: Catalogue) -> Rules:
    folder = settings.policies_dir or packaged()
    return load_rules(folder, catalogue, sandbox=settings.introspection)
