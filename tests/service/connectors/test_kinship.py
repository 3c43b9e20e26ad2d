"""Households, asked of the register's twin in several calls."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from connectors import population
from hub.app import kinship
from hub.app.kinship import RegisterKinship
from hub.model.evidence import Ask
from hub.model.personal_code import PersonalCode
from hub.model.reference import read_reference, use_of
from hub.ports import RegisterConfig, Reply, Residence
from hub.sandbox.people.load import Loaded
from hub.sandbox.people.members import MEMBERS
from tests.service.connectors.test_population import Noon, loaded
from tests.service.storage.hub_database import keyring

__all__ = ["loaded"]

OPERATION = "0123456789abcdef" * 2


class Noting:
    """The connector, noting what it is told."""

    def __init__(self, url: str) -> None:
        self.connector = population.connect(RegisterConfig(url=url), Noon())
        self.calls: list[tuple[int, str, frozenset[str]]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.connector, name)

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        self.calls.append((len(codes), reference, ask.columns))
        return await self.connector.fetch(ask, codes, reference)


def told(noting: Noting, codes: Sequence[str]) -> Mapping[PersonalCode, Residence]:
    async def ask() -> Mapping[PersonalCode, Residence]:
        known = RegisterKinship(noting, keyring(), Noon(), OPERATION)  # type: ignore[arg-type]
        try:
            return await known.of([PersonalCode.parse(code) for code in codes])
        finally:
            await noting.connector.aclose()

    return asyncio.run(ask())


def test_a_familys_members_are_each_others_kin(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinship, "AT_ONCE", 2)
    noting = Noting(loaded.registers["population"])
    names = ["ilze", "andris", "marta", "emils", "una"]
    found = told(noting, [MEMBERS[name].code for name in names])
    ilze, andris, marta, emils = (
        found[PersonalCode.parse(MEMBERS[name].code)] for name in names[:4]
    )
    assert len(found) == 4  # Una's record is closed
    for one in (ilze, andris, marta, emils):
        assert one.kin
        others = {each.codes[0] for each in (ilze, andris, marta, emils)} - {one.codes[0]}
        assert one.kin.home
        assert one.kin.relatives & others
    assert len({each.kin.home for each in (ilze, andris, marta, emils) if each.kin}) == 1
    assert [count for count, _, _ in noting.calls] == [2, 2, 1]
    key = keyring().key(use_of("population"))
    references = [read_reference(reference, key) for _, reference, _ in noting.calls]
    assert [each and (each.operation_id, each.number) for each in references] == [
        (OPERATION, 1),
        (OPERATION, 2),
        (OPERATION, 3),
    ]


def test_nobody_is_asked_about_nobody(loaded: Loaded) -> None:
    noting = Noting(loaded.registers["population"])
    assert told(noting, []) == {}
    assert noting.calls == []
