"""What the tests of policy start from: the published catalogue, the packaged rules, a store."""

import importlib
import pkgutil
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

import connectors
from hub.model.agreement import (
    Agreement,
    LegalBasis,
    OnExcess,
    Operation,
    Scope,
    Visibility,
)
from hub.model.caller import Caller, Client, Credentials
from hub.model.catalogue import Catalogue, FieldId, Manifest
from hub.plan.catalogue import read_catalogue
from hub.policy.book import Book, drafted_book
from hub.policy.cedar import Rules, load_rules
from hub.policy.documents import AgreementDocument, fingerprint, load_documents
from hub.policy.signatures import controllers_of, seeds
from hub.policy.source import packaged
from hub.ports import StoredAgreement
from schemas.composition import build

FOLDER = Path(__file__).parents[3] / "policies"
NOON = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class FixedClock:
    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


class MemoryStore:
    """The port's contract in memory; service tests hold the real store to the same."""

    def __init__(self, rows: Sequence[StoredAgreement]) -> None:
        self.rows = list(rows)
        self.changes = 1
        self.reads = 0
        self.down = False

    async def version(self) -> int:
        if self.down:
            raise ConnectionError
        return self.changes

    async def latest(self) -> Sequence[StoredAgreement]:
        self.reads += 1
        return list(self.rows)


@lru_cache
def catalogue() -> Catalogue:
    """What is published, and by whom, as the registers themselves declare it."""
    found = (
        importlib.import_module(f"connectors.{module.name}")
        for module in pkgutil.iter_modules(connectors.__path__)
    )
    declared: list[Manifest] = [module.MANIFEST for module in found if hasattr(module, "MANIFEST")]
    manifests = {each.name: each for each in declared if each.role == "register"}
    return read_catalogue(build()._schema, manifests)


@lru_cache
def small() -> Catalogue:
    """Some fields of every kind: quicker to decide thousands of times."""
    known = catalogue().fields
    chosen = [
        path
        for place, path in enumerate(known)
        if place % 9 == 0 or "#" in path or "disability." in path or path.endswith(".asOf")
    ]
    return Catalogue(
        fields={path: known[path] for path in [*chosen, *sorted(status_fields())]},
        registers=catalogue().registers,
    )


@lru_cache
def rules(*, sandbox: bool = False) -> Rules:
    return load_rules(packaged(), catalogue(), sandbox=sandbox)


def status_fields() -> frozenset[FieldId]:
    return rules().vocabulary.status


@lru_cache
def documents() -> tuple[AgreementDocument, ...]:
    return tuple(load_documents(packaged() / "agreements", rules().vocabulary, catalogue()))


@lru_cache
def drafted_sandbox() -> Book:
    """The sandbox's agreements; decision sets once made serve every test."""
    return drafted_book(rules(sandbox=True), documents())


@lru_cache
def keys() -> Mapping[str, Ed25519PrivateKey]:
    return {name: Ed25519PrivateKey.generate() for name in controllers_of(documents())}


def public_keys() -> dict[str, Ed25519PublicKey]:
    return {name: key.public_key() for name, key in keys().items()}


def stored() -> list[StoredAgreement]:
    rows = seeds(documents(), keys())
    return [replace(row, logged_hash=fingerprint(row.document)) for row in rows]


def drafted(number: str) -> Agreement:
    return next(each.agreement for each in documents() if each.agreement.number == number)


def agreement(**changes: Any) -> Agreement:  # noqa: ANN401 — any attribute of an agreement
    """An agreement that grants one ordinary field, with ``changes``."""
    plain = Agreement(
        number="T-001",
        revision=1,
        hash="00",
        client="tester",
        recipient="T",
        recipient_en="Tester",
        recipient_lv="Pārbaudītājs",
        service="34240",
        purpose="https://vienreiz.example/purpose#SocialAssistanceMeansTest",
        purpose_en="assessing means",
        purpose_lv="izvērtēšana",
        basis=LegalBasis(article6="A6-1-e", article9=None, law=("-",)),
        operations=frozenset({Operation.RECORD}),
        fields=frozenset({FieldId("employment.status")}),
        scope=Scope(),
        quota=None,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        window_months=None,
        hours=None,
        max_subjects=1,
        case_required=False,
        official_required=False,
        cache=True,
        visibility=Visibility.IMMEDIATE,
        on_excess=OnExcess.REFUSE,
        controllers=("NVA",),
        processors=(),
    )
    return replace(plain, **changes)


def purpose(short: str) -> str:
    return f"https://vienreiz.example/purpose#{short}"


def client(name: str = "tester") -> Client:
    return Client(id=name, expires_at=NOON)


def caller(of: Agreement, case: str | None = None) -> Caller:
    return Caller(client=client(of.client), agreement=of, case=case)


def naming(number: str, case: tuple[str, ...] = (), official: tuple[str, ...] = ()) -> Credentials:
    return Credentials(agreement=(number,), case=case, official=official)


def ids(*paths: str) -> frozenset[FieldId]:
    return frozenset(FieldId(path) for path in paths)


def folder_with(tmp: Path, changes: Mapping[str, str]) -> Path:
    """A copy of the policy folder in which the files named hold other text."""
    folder = tmp / "policies"
    shutil.copytree(FOLDER, folder)
    for name, text in changes.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
