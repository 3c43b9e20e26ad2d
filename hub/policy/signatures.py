"""Controllers' Ed25519 signatures over agreement documents."""

from collections.abc import Collection, Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from hub.policy.documents import AgreementDocument, fingerprint
from hub.ports import StoredAgreement

_PURPOSE = b"vienreiz agreement\x00"
"""Keeps a signature over an agreement from being one over anything else."""


def sign(document: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return a controller's signature over a canonical document."""
    return key.sign(_PURPOSE + document)


def seeds(
    documents: Sequence[AgreementDocument], keys: Mapping[str, Ed25519PrivateKey]
) -> list[StoredAgreement]:
    """Sign ``documents`` for every controller they name, as a sandbox may.

    Args:
        documents: From ``load_documents``.
        keys: Controller's name to its private key; ``controllers_of`` tells which are needed.
    """
    return [
        StoredAgreement(
            number=each.agreement.number,
            revision=each.agreement.revision,
            document=each.document,
            signatures={
                name: sign(each.document, keys[name]) for name in each.agreement.controllers
            },
            logged_hash=None,
        )
        for each in documents
    ]


def controllers_of(documents: Sequence[AgreementDocument]) -> tuple[str, ...]:
    """Return the controllers that ``documents`` name, sorted."""
    return tuple(sorted({name for each in documents for name in each.agreement.controllers}))


def verified(
    stored: StoredAgreement,
    controllers: Collection[str],
    keys: Mapping[str, Ed25519PublicKey],
) -> dict[str, bool]:
    """Return, controller by controller, whether the kept signature verifies."""
    return {name: name in keys and _verifies(stored, name, keys[name]) for name in controllers}


def objections(
    stored: StoredAgreement,
    controllers: Collection[str],
    keys: Mapping[str, Ed25519PublicKey],
) -> list[str]:
    """Return why the kept revision may not act; empty when it may.

    Args:
        stored: One row.
        controllers: Those its document names.
        keys: Public keys of the controllers known to this hub.

    Source: DESIGN.md section 5: every controller signed, and the hash is on the log.
    """
    found = [] if stored.logged_hash == fingerprint(stored.document) else ["its hash is not logged"]
    for name in controllers:
        if name not in keys:
            found.append(f"the key of `{name}` is not known")
        elif not _verifies(stored, name, keys[name]):
            found.append(f"the signature of `{name}` does not verify")
    return found


def _verifies(stored: StoredAgreement, name: str, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(stored.signatures.get(name, b""), _PURPOSE + stored.document)
    except InvalidSignature:
        return False
    return True
