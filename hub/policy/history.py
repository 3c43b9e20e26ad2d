"""What became of an agreement, revision by revision: terms, signatures, its hash on the log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.model.agreement import Agreement
from hub.model.history import PastRevision
from hub.policy.cedar import Rules
from hub.policy.documents import fingerprint
from hub.policy.revisions import revision_of, terms_of
from hub.policy.signatures import objections, verified
from hub.ports import StoredAgreement

_OWN = frozenset({"fields", "revision"})
"""Terms told otherwise, or different by nature."""
Kept = tuple[StoredAgreement, datetime | None]


def history(
    rows: Sequence[Kept], rules: Rules, keys: Mapping[str, Ed25519PublicKey]
) -> Sequence[PastRevision]:
    """Return the revisions of one agreement, newest first; those that are no documents are missing.

    Args:
        rows: Oldest first, each with the instant of its entry in the log.
        rules: Vocabulary and catalogue.
        keys: Controllers' public keys.
    """
    read = [(row, at, terms) for row, at in rows if (terms := terms_of(row, rules)) is not None]
    told: list[PastRevision] = []
    before: tuple[StoredAgreement, Agreement] | None = None
    for place, (row, at, terms) in enumerate(read):
        following = read[place + 1][1] if place + 1 < len(read) else None
        told.append(
            _past((row, at), terms, before, following, (rules, keys, place + 1 == len(read)))
        )
        before = row, terms
    return told[::-1]


def _past(
    kept: Kept,
    terms: Agreement,
    before: tuple[StoredAgreement, Agreement] | None,
    following: datetime | None,
    given: tuple[Rules, Mapping[str, Ed25519PublicKey], bool],
) -> PastRevision:
    row, logged_at = kept
    rules, keys, newest = given
    problems = objections(row, terms.controllers, keys)
    fields, old = terms.fields, before[1].fields if before else frozenset()
    return PastRevision(
        revision=revision_of(terms, rules),
        signatures=verified(row, terms.controllers, keys),
        logged_at=logged_at,
        on_log=row.logged_hash == fingerprint(row.document),
        replaced_at=following,
        acting=newest and not problems,
        problems=problems,
        gained=sorted(fields - old),
        lost=sorted(old - fields),
        changed=_changed(before[0].document, row.document) if before else (),
    )


def _changed(before: bytes, after: bytes) -> Sequence[str]:
    one: dict[str, Any] = msgspec.json.decode(before)
    two: dict[str, Any] = msgspec.json.decode(after)
    names = sorted((one.keys() | two.keys()) - _OWN)
    return [name for name in names if one.get(name) != two.get(name)]
