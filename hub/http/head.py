"""A request's head: read in one pass over what the server handed on, and judged before its body."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final
from urllib.parse import unquote_plus

from starlette.types import Scope

from hub.caller.certificate import TrustedProxies, connection_of, presented
from hub.errors import BadRequest, Code
from hub.model.caller import Credentials
from hub.model.personal_code import looks_like_code

MAX_HEADER_BYTES: Final = 32 * 1024

_NONE: Final[tuple[str, ...]] = ()
_USUAL: Final = ("application/json",)
_MOST_REMEMBERED: Final = 256


class Head:
    """The headers of one request, every repetition kept; names are in lower case.

    Attributes:
        size_bytes: Of all names and values.
    """

    __slots__ = ("_repeating", "_single", "size_bytes")

    def __init__(self, scope: Scope) -> None:
        """Read ``scope["headers"]``."""
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        self.size_bytes = sum(map(len, chain.from_iterable(headers)))
        self._single = dict(headers)
        # most requests repeat no header: then each is found at once
        self._repeating = headers if len(self._single) < len(headers) else None

    def first(self, name: bytes) -> str | None:
        """Return the first value of a header, None without one."""
        values = self.all(name)
        return values[0] if values else None

    def all(self, name: bytes) -> tuple[str, ...]:
        """Return every value of a header, as sent."""
        if self._repeating is None:
            value = self._single.get(name)
            return _NONE if value is None else (value.decode("latin-1"),)
        return tuple([value.decode("latin-1") for each, value in self._repeating if each == name])

    def credentials(self, scope: Scope, proxies: TrustedProxies) -> Credentials:
        """Return what the request claims about its caller, every repeated header kept.

        Raises:
            BadRequest: ``header_invalid``, ``header_conflict``; see ``presented``.
        """
        told = [value.encode("latin-1") for value in self.all(b"client-cert")]
        return Credentials(
            authorization=self.all(b"authorization"),
            certificate_sha256=presented(connection_of(scope), told, proxies),
            agreement=self.all(b"x-dagr-permission") + self.all(b"hub-agreement"),
            case=self.all(b"hub-case"),
            official=self.all(b"hub-official"),
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
