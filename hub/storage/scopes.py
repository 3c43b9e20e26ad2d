"""Caseloads and cases: whom an agreement covers beyond territory."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

from hub.errors import Code
from hub.model.personal_code import PersonalCode
from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens

AT_ONCE: Final = 10_000
UNAVAILABLE: Final = Code.POLICY_UNAVAILABLE


class ScopeTable:
    """Implements ``hub.ports.ScopeStore``.

    A row is one token of agreement, case and person together, so that the table tells neither who
    is on a caseload nor which cases concern the same person.
    """

    def __init__(self, database: Database, tokens: SubjectTokens) -> None:
        self._database = database
        self._tokens = tokens

    async def members(
        self, agreement: str, case: str | None, codes: Collection[PersonalCode]
    ) -> frozenset[PersonalCode]:
        """Return those of ``codes`` on the caseload, or tied to ``case`` when given; one query.

        Raises:
            ServiceUnavailable: ``policy_unavailable``; so do all other methods.
        """
        asked = {self._tokens.scope(agreement, case, code): code for code in codes}
        statement = "SELECT token FROM hub.scope_member WHERE token = ANY ($1)"
        rows = await self._database.fetch(UNAVAILABLE, statement, list(asked))
        return frozenset(asked[row["token"]] for row in rows)

    async def add(self, agreement: str, case: str | None, codes: Iterable[PersonalCode]) -> None:
        """Put persons on the caseload (``case`` None) or tie them to a case, any number."""
        statement = (
            "INSERT INTO hub.scope_member (token, agreement)"
            " SELECT t.token, $2 FROM unnest($1::bytea[]) AS t (token) ON CONFLICT DO NOTHING"
        )
        for tokens in self._batches(agreement, case, codes):
            await self._database.fetch(UNAVAILABLE, statement, tokens, agreement)

    async def remove(self, agreement: str, case: str | None, codes: Iterable[PersonalCode]) -> None:
        """Take persons off a caseload or untie them from a case; their next request shows it."""
        statement = "DELETE FROM hub.scope_member WHERE token = ANY ($1)"
        for tokens in self._batches(agreement, case, codes):
            await self._database.fetch(UNAVAILABLE, statement, tokens)

    def _batches(
        self, agreement: str, case: str | None, codes: Iterable[PersonalCode]
    ) -> Iterator[list[bytes]]:
        """Yield tokens in bounded lists, sorted so that two writers never wait in a circle."""
        rest = iter(codes)
        while batch := list(islice(rest, AT_ONCE)):
            yield sorted(self._tokens.scope(agreement, case, code) for code in batch)
