"""Putting agreement revisions in force: first on the log, then into the store."""

from collections.abc import Sequence

from hub.model.agreement import Agreement
from hub.model.entry import Disclosure, Header
from hub.ports import AccessLog, Clock, StoredAgreement
from hub.storage.agreements import AgreementTable


async def put_in_force(
    revisions: Sequence[tuple[Agreement, StoredAgreement]],
    store: AgreementTable,
    log: AccessLog,
    clock: Clock,
) -> Sequence[str]:
    """Log and keep the first revisions of agreements that are not kept yet; return their numbers.

    A revision acts only when its hash is on the log, so the entry comes first; an entry without
    a row grants nothing.

    Raises:
        ServiceUnavailable: ``audit_unavailable`` or ``policy_unavailable``.
    """
    known = {each.number for each in await store.latest()}
    fresh = [(terms, row) for terms, row in revisions if row.number not in known]
    for terms, _ in fresh:
        await log.append(Disclosure(header=_header(terms, clock)))
    return await store.seed([row for _, row in fresh])


def _header(agreement: Agreement, clock: Clock) -> Header:
    return Header(
        operation_id=agreement.hash[:32],
        at=clock.now(),
        decision="agreement",
        client=agreement.client,
        recipient=agreement.recipient,
        agreement=agreement.number,
        revision=agreement.revision,
        agreement_hash=agreement.hash,
        purpose=agreement.purpose,
        article6=agreement.basis.article6,
        article9=agreement.basis.article9,
        fields=tuple(sorted(agreement.fields)),
    )
