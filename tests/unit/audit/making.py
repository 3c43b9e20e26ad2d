"""Disclosures and entries for tests, made by the code under test and kept by nobody."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import orjson

from hub.audit.chain import Writer
from hub.audit.entry import Prepared, prepare
from hub.audit.keys import SubjectKey
from hub.audit.tlog.logkey import LogKey
from hub.model.entry import Disclosure, Header, LogBatch, StoredEntry, SubjectEntry
from hub.model.personal_code import PersonalCode

KEY = LogKey("hub.test/log", bytes(range(32)))
FOUND = {"disability": "found", "employment": "absent"}


def code(number: int) -> PersonalCode:
    """A well-formed code that was never issued."""
    return PersonalCode(f"34{number % 10_000:04d}-{number // 10_000:05d}")


def disclosure(
    *codes: PersonalCode,
    consents: Mapping[PersonalCode, str] | None = None,
    outcomes: Mapping[str, str] | None = None,
    relation: str = "asked",
    **header: Any,  # noqa: ANN401 — any attribute of the header
) -> Disclosure:
    told: dict[str, Any] = {
        "operation_id": secrets.token_hex(16),
        "at": datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC),
        "decision": "disclosed",
        "client": "riga-social-service",
        "agreement": "RSD-2026-001",
        "revision": 1,
        "purpose": "https://example.lv/purpose#MeansTest",
        "article6": "A6-1-c",
        "registers": ("disability", "employment"),
        "fields": ("disability.group", "employment.status"),
    }
    subjects = tuple(
        SubjectEntry(
            subject=subject,
            outcomes=FOUND if outcomes is None else outcomes,
            consent=(consents or {}).get(subject),
            relation=relation,
        )
        for subject in codes
    )
    return Disclosure(header=Header(**{**told, **header}), subjects=subjects)


def prepared(made: Disclosure) -> Prepared:
    return prepare(made, [key_of(entry.subject) for entry in made.subjects], KEY)


def key_of(subject: PersonalCode) -> SubjectKey:
    """A person's key, the same at every call."""
    secret, index = (sha256(f"{use} {subject}".encode()).digest() for use in ("secret", "index"))
    return SubjectKey(orjson.dumps(str(subject)), index, secret)


def stored(batch: LogBatch) -> list[StoredEntry]:
    """What the table holds of a batch."""
    hashes, salts, indexes = (
        [column[at : at + size] for at in range(0, len(column), size)]
        for column, size in ((batch.hashes, 32), (batch.salts, 16), (batch.indexes, 32))
    )
    before = [batch.previous, *hashes[:-1]]
    runs = [run for run in batch.runs for _ in range(run.entries)]
    rows = zip(runs, before, hashes, salts, indexes, strict=True)
    sealed = BytesIO(batch.sealed)
    return [
        StoredEntry(
            writer=batch.writer,
            wseq=batch.first + position,
            previous=previous,
            hash=hashed,
            operation_id=run.operation_id,
            at=run.at,
            open=run.open,
            salt=salt,
            sealed=sealed.read(run.size) or None,
            index=index if run.size else None,
        )
        for position, (run, previous, hashed, salt, index) in enumerate(rows)
    ]


def chained(sizes: Sequence[int]) -> list[StoredEntry]:
    """One writer's entries: an operation of each size, in two batches."""
    operations = [prepared(disclosure(*map(code, range(size)))) for size in sizes]
    writer = Writer.new()
    first = writer.chain(operations[:1])
    second = writer.after(first).chain(operations[1:])
    return stored(first) + (stored(second) if operations[1:] else [])
