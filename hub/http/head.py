"""A request's head: read in one pass over what the server handed on, and judged before its body."""

from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

from starlette.types import Scope

from hub.caller.certificate import TrustedProxies, connection_of, presented
from hub.errors import BadRequest, Code
from hub.model.caller import Credentials
from hub.model.personal_code import looks_like_code

MAX_HEADER_BYTES: Final = 32 * 1024

_CERTIFICATE: Final = b"client-cert"
_READ: Final = frozenset(
    {
        b"accept",
        b"content-type",
        b"content-encoding",
        b"content-length",
        b"authorization",
        b"x-dagr-permission",
        b"hub-agreement",
        b"hub-case",
        b"hub-official",
        _CERTIFICATE,
    }
)
_NONE: Final[tuple[str, ...]] = ()
_USUAL: Final = ("application/json",)
_MOST_REMEMBERED: Final = 256


class Head:
    """The headers the hub reads, every repetition kept, and the size of all of them.

    Attributes:
        size_bytes: Of all names and values.
    """

    __slots__ = ("_sent", "size_bytes")

    def __init__(self, scope: Scope) -> None:
        """Read ``scope["headers"]``; names are in lower case there."""
        sent: dict[bytes, tuple[str, ...]] = {}
        size = 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            if name in _READ:
                text = value.decode("latin-1")
                sent[name] = (*sent[name], text) if name in sent else (text,)
        self._sent = sent
        self.size_bytes = size

    def first(self, name: bytes) -> str | None:
        """Return the first value of a header, None without one."""
        values = self._sent.get(name)
        return values[0] if values else None

    def all(self, name: bytes) -> tuple[str, ...]:
        """Return every value of a header, as sent."""
        return self._sent.get(name, _NONE)

    def credentials(self, scope: Scope, proxies: TrustedProxies) -> Credentials:
        """Return what the request claims about its caller, every repeated header kept.

        Raises:
            BadRequest: ``header_invalid``, ``header_conflict``; see ``presented``.
        """
        sent = self._sent.get
        told = [value.encode("latin-1") for value in sent(_CERTIFICATE, _NONE)]
        return Credentials(
            authorization=sent(b"authorization", _NONE),
            certificate_sha256=presented(connection_of(scope), told, proxies),
            agreement=sent(b"x-dagr-permission", _NONE) + sent(b"hub-agreement", _NONE),
            case=sent(b"hub-case", _NONE),
            official=sent(b"hub-official", _NONE),
        )


def check_head(scope: Scope, head: Head) -> None:
    """Refuse what no body could make right.

    Raises:
        BadRequest: ``method_not_allowed``, ``headers_too_large``, ``personal_code_literal``.
    """
    method = scope["method"]
    if method not in ("GET", "POST"):
        raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="GET, POST")
    if head.size_bytes > MAX_HEADER_BYTES:
        raise BadRequest(Code.HEADERS_TOO_LARGE, limit=MAX_HEADER_BYTES)
    query = scope["query_string"]
    # INVARIANT: no personal code in a URL; proxies on the way have logged it, but we do not read it
    if query and looks_like_code(unquote_plus(query.decode("latin-1"))):
        if method == "GET":
            raise BadRequest(Code.METHOD_NOT_ALLOWED, allow="POST")
        raise BadRequest(Code.PERSONAL_CODE_LITERAL)


def check_media_type(head: Head) -> None:
    """Refuse a body that is not plain JSON in UTF-8, before it is read.

    Raises:
        BadRequest: ``unsupported_media_type``.
    """
    sent = head.all(b"content-type")
    if sent != _USUAL and (len(sent) != 1 or not _is_json(sent[0])):
        raise BadRequest(Code.UNSUPPORTED_MEDIA_TYPE)
    encoding = head.first(b"content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        raise BadRequest(Code.UNSUPPORTED_MEDIA_TYPE, "compressed bodies are not accepted")


def _is_json(sent: str) -> bool:
    return _remembered(sent) if len(sent) < _MOST_REMEMBERED else _names_json(sent)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered(sent: str) -> bool:
    return _names_json(sent)


def _names_json(sent: str) -> bool:
    media, *parameters = sent.lower().split(";")
    charset = [each.strip() for each in parameters if each.strip().startswith("charset")]
    return media.strip() == "application/json" and charset in (
        [],
        ["charset=utf-8"],
        ['charset="utf-8"'],
    )
