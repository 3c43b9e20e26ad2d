"""Agreements' history and the matrix, as officers ask for them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.audit.cursor import SealedCursors
from hub.audit.log import DurableLog
from hub.errors import HubError
from hub.model.history import MatrixLine, PastRevision
from hub.policy.book import book_of
from hub.policy.desk import PolicyDesk
from hub.policy.documents import fingerprint
from hub.policy.signatures import sign
from hub.ports import StoredAgreement
from tests.service.audit.asking import WHY, Office, by_officer, kept
from tests.service.storage.hub_database import HubDatabase, keyring
from tests.unit.audit.making import disclosure
from tests.unit.policy.given import drafted, drafted_sandbox, rules

pytestmark = pytest.mark.asyncio

KEYS = {name: Ed25519PrivateKey.generate() for name in ("NVA", "VDEĀVK", "VSAA", "VDAA")}


@pytest_asyncio.fixture
async def office(hub_database: HubDatabase, log: DurableLog) -> AsyncIterator[Office]:
    made = Office(hub_database.url, log)
    yield made
    await made.database.aclose()


@pytest.fixture
def desk(office: Office) -> PolicyDesk:
    return PolicyDesk(
        store=office.store,
        book=drafted_sandbox,
        rules=rules(),
        controllers={name: key.public_key() for name, key in KEYS.items()},
        cursors=SealedCursors(keyring()),
    )


async def test_every_revision_tells_what_vouches_for_it_and_how_it_differs(
    office: Office, desk: PolicyDesk
) -> None:
    first = kept("RSD-2026-001", 1, {})
    fields = ["disability.group", "employment.status", "socialInsurance.benefits.kind"]
    await _put(office, first)
    await _put(office, kept("RSD-2026-001", 2, {"fields": fields, "max_subjects": 3}), log=False)
    newest, oldest = await _history(desk)
    assert (oldest.on_log, oldest.acting, list(oldest.problems)) == (True, False, [])
    assert oldest.signatures == {"NVA": True, "VDEĀVK": True, "VSAA": True}
    assert oldest.logged_at is not None
    assert "disability.status" in oldest.gained
    assert (newest.on_log, newest.acting, newest.logged_at) == (False, False, None)
    assert list(newest.problems) == ["its hash is not logged"]
    assert (list(newest.gained), "disability.status" in newest.lost) == ([], True)
    assert "disability.group" not in newest.lost
    assert list(newest.changed) == ["max_subjects"]


async def test_a_signature_over_anything_else_is_told_as_none(
    office: Office, desk: PolicyDesk
) -> None:
    signed = kept("RSD-2026-001", 1, {})
    forged = {"VSAA": sign(b"another document", KEYS["VSAA"])}
    await _put(office, signed, signatures=forged)
    (only,) = await _history(desk)
    assert only.signatures == {"NVA": True, "VDEĀVK": True, "VSAA": False}
    assert not only.acting


async def test_other_institutions_agreements_are_as_if_there_were_none(
    office: Office, desk: PolicyDesk
) -> None:
    for number in ("RSD-2026-001", "RBT-2026-001"):
        await _put(office, kept(number, 1, {}))
    known = {"RSD-2026-001": 1, "RBT-2026-001": 0, "XXX-2026-001": 0}
    for number, revisions in known.items():
        assert len(await _history(desk, number=number, by="DVI-2026-003")) == revisions
    assert len(await _history(desk, number="RBT-2026-001")) == 1


async def test_the_matrix_is_paged_without_gap_or_repetition(desk: PolicyDesk) -> None:
    whole, _ = await _matrix(desk, recipient="RD-LD", first=500)
    paged: list[MatrixLine] = []
    after: str | None = None
    while True:
        rows, after = await _matrix(desk, recipient="RD-LD", first=37, after=after)
        paged += rows
        if after is None:
            break
    assert paged[:500] == whole
    assert len({(row.agreement, row.operation, row.field) for row in paged}) == len(paged) > 100
    assert {row.recipient for row in paged} == {"RD-LD"}
    assert {row.verdict for row in paged} <= {"granted", "consent_needed"}


async def test_a_page_of_a_matrix_that_has_changed_since_is_asked_anew(desk: PolicyDesk) -> None:
    _, after = await _matrix(desk, client="transport-operator", first=5)
    terms = drafted("ATD-2026-001")
    changed = replace(terms, fields=frozenset(), hash="0" * 64)
    later = replace(desk, book=lambda: book_of(rules(), [changed]))
    with pytest.raises(HubError) as refused:
        await _matrix(later, client="transport-operator", first=5, after=after)
    assert refused.value.code.code == "cursor_invalid"


async def test_the_matrix_tells_by_which_rule_a_field_is_refused(desk: PolicyDesk) -> None:
    rows, _ = await _matrix(
        desk, first=500, client="transport-operator", purpose="FreeTransport", refused=True
    )
    verdicts = {row.field: (row.verdict, row.rule) for row in rows}
    assert verdicts["disability.group"] == ("granted", "ATD-2026-001/1")
    assert verdicts["employment.status"][0] == "field_not_in_agreement"


async def test_an_institutions_officer_sees_that_institutions_rows_alone(desk: PolicyDesk) -> None:
    rows, _ = await _matrix(desk, by="DVI-2026-003", first=500)
    assert {row.recipient for row in rows} == {"RD-LD"}
    others, _ = await _matrix(desk, by="DVI-2026-003", recipient="RBT", first=500)
    assert others == []


@pytest.mark.parametrize("root", ["agreementHistory", "policyMatrix"])
async def test_each_question_gives_a_reason(desk: PolicyDesk, root: str) -> None:
    question = by_officer(root, number="RSD-2026-001", reason="why")
    asked = desk.agreement_history if root == "agreementHistory" else desk.policy_matrix
    with pytest.raises(HubError) as refused:
        await asked(question)
    assert refused.value.code.code == "reason_invalid"


async def _put(
    office: Office,
    row: StoredAgreement,
    *,
    signatures: dict[str, bytes] | None = None,
    log: bool = True,
) -> None:
    signed = {name: sign(row.document, key) for name, key in KEYS.items()} | (signatures or {})
    if log:
        hashed = fingerprint(row.document)
        entry = disclosure(decision="agreement", operation_id=hashed[:32], agreement_hash=hashed)
        await office.log.append(entry)
    added = StoredAgreement(
        number=row.number,
        revision=row.revision,
        document=row.document,
        signatures=signed,
        logged_hash=None,
    )
    assert await office.store.add_revision(added)


async def _history(
    desk: PolicyDesk, *, number: str = "RSD-2026-001", by: str = "DVI-2026-001"
) -> list[PastRevision]:
    question = by_officer("agreementHistory", officer=by, number=number, reason=WHY)
    return list((await desk.agreement_history(question)).value)


async def _matrix(
    desk: PolicyDesk, *, by: str = "DVI-2026-001", **arguments: object
) -> tuple[list[MatrixLine], str | None]:
    page = (
        await desk.policy_matrix(by_officer("policyMatrix", officer=by, reason=WHY, **arguments))
    ).value
    return list(page.rows), page.cursor if page.more else None
