"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime

from hub.model.agreement import Agreement
from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the street door saw; nothing here is verified yet.

    Attributes:
        authorization: Values of the ``Authorization`` header, as sent.
        certificate_sha256: Thumbprint of the client certificate of this connection, or of a
            trusted proxy's header; base64url without padding, as ``cnf.x5t#S256`` writes it.
        agreement, case, official: Values of the headers of those meanings.
    """

    authorization: tuple[str, ...] = ()
    certificate_sha256: str | None = None
    agreement: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    official: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A verified token's holder.

    Attributes:
        id: ``client_id`` claim.
        person: The person on whose behalf a delegated token was issued, else None.
        expires_at: Aware UTC instant.
    """

    id: str
    expires_at: datetime
    person: PersonalCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Client, the agreement it invokes, and what it asserts about its own case and official."""

    client: Client
    agreement: Agreement
    case: str | None = None
    official: str | None = None
