import asyncio
from collections.abc import Mapping

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from hub.caller.certificate import COMPLETE
from hub.errors import BadRequest, Code, HubError
from hub.http import body as bodies
from hub.http import head as heads
from hub.http.body import MAX_BODY_BYTES, MAX_JSON_NESTING, Operation, read_get, read_post
from hub.http.head import Head


def scope_of(headers: Mapping[str, str], *, complete: bool = False) -> Scope:
    sent = {"content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "extensions": {COMPLETE: complete},
    }


def arriving(*messages: Message) -> Receive:
    waiting = list(messages)

    async def receive() -> Message:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read(scope: Scope, *messages: Message) -> Operation:
    return asyncio.run(read_post(scope, arriving(*messages), Head(scope)))


def post(body: bytes, **headers: str) -> Operation:
    """Read a body that was complete at once, and one that was not; both alike."""
    both: list[Operation | HubError] = []
    for complete in (True, False):
        try:
            both.append(read(scope_of(headers, complete=complete), part(body)))
        except HubError as error:
            both.append(error)
    first, second = both
    if isinstance(first, HubError):
        assert isinstance(second, HubError)
        assert first.extensions() == second.extensions()
        raise first
    assert first == second
    return first


def get(query: str) -> Operation:
    return read_get(
        Request(
            {
                "type": "http",
                "method": "GET",
                "path": "/",
                "query_string": query.encode(),
                "headers": [],
            }
        )
    )


def test_a_request_is_read() -> None:
    whole = post(b'{"query":"{x}","variables":{"a":1},"operationName":"A","extensions":{}}')
    assert (whole.query, whole.name, whole.variables) == ("{x}", "A", {"a": 1})
    assert (
        post(b'{"query":"{x}","variables":null,"operationName":null,"extensions":null}').variables
        == {}
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.MALFORMED_JSON),
        (b"{", Code.MALFORMED_JSON),
        (b'{"query": "{x}",}', Code.MALFORMED_JSON),
        (b'{"query": NaN}', Code.MALFORMED_JSON),
        (b"\xff\xfe", Code.INVALID_ENCODING),
        (b'{"query":"\xc3\x28"}', Code.INVALID_ENCODING),
        (b"null", Code.BODY_NOT_OBJECT),
        (b"7", Code.BODY_NOT_OBJECT),
        (b'"text"', Code.BODY_NOT_OBJECT),
        (b'[{"query":"{x}"}]', Code.BATCHING_UNSUPPORTED),
        (b"{}", Code.QUERY_MISSING),
        (b'{"query":""}', Code.QUERY_MISSING),
        (b'{"query":null}', Code.QUERY_MISSING),
        (b'{"query":7}', Code.PARAMETER_INVALID),
        (b'{"query":{"a":1}}', Code.PARAMETER_INVALID),
        (b'{"query":"{x}","variables":[]}', Code.PARAMETER_INVALID),
        (b'{"query":"{x}","variables":"{}"}', Code.PARAMETER_INVALID),
        (b'{"query":"{x}","operationName":7}', Code.PARAMETER_INVALID),
        (b'{"query":"{x}","extensions":1}', Code.PARAMETER_INVALID),
        (
            b'{"query":"{x}","variables":{"a":' + b"[" * 40 + b"]" * 40 + b"}}",
            Code.NESTING_TOO_DEEP,
        ),
        (b"[" * 200_000, Code.NESTING_TOO_DEEP),
        (b" " * (MAX_BODY_BYTES + 1), Code.BODY_TOO_LARGE),
    ],
)
def test_each_wrong_body_has_its_code(body: bytes, code: Code) -> None:
    with pytest.raises(BadRequest) as caught:
        post(body)
    assert caught.value.code is code


def test_brackets_inside_text_are_no_nesting() -> None:
    body = orjson.dumps({"query": "{x}", "variables": {"a": "[{" * 100 + '\\"[' * 50}})
    assert post(body).query == "{x}"


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "multipart/form-data; boundary=x"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_encoding": "gzip"},
        {"content_type": ""},
    ],
)
def test_other_media_are_not_read(headers: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as caught:
        post(b'{"query":"{x}"}', **headers)
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE


def test_a_declared_length_is_believed_when_it_is_too_much() -> None:
    with pytest.raises(BadRequest) as caught:
        post(b"{}", content_length=str(MAX_BODY_BYTES + 1))
    assert caught.value.code is Code.BODY_TOO_LARGE


def test_get_reads_the_query_string() -> None:
    sent = get("query=%7Bx%7D&variables=%7B%22a%22%3A1%7D&operationName=A")
    assert (sent.query, sent.name, sent.variables) == ("{x}", "A", {"a": 1})
    for query, code in (
        ("", Code.QUERY_MISSING),
        ("query=a&query=b", Code.PARAMETER_INVALID),
        ("query=a&variables=%5B", Code.MALFORMED_JSON),
        ("query=a&variables=7", Code.PARAMETER_INVALID),
    ):
        with pytest.raises(BadRequest) as caught:
            get(query)
        assert caught.value.code is code


@given(st.binary(max_size=300))
def test_no_body_does_more_than_be_read_or_refused(body: bytes) -> None:
    try:
        post(body)
    except HubError as error:
        assert 400 <= error.code.status < 500  # noqa: PT017 — being read is right too


# ---- arriving -------------------------------------------------------------------------------


def test_a_body_in_parts_is_put_together() -> None:
    whole = read(scope_of({}), part(b'{"query"', more=True), part(b"", more=True), part(b':"{x}"}'))
    assert whole.query == "{x}"


def test_a_body_in_parts_is_bounded() -> None:
    parts = [part(b" " * 100_000, more=True)] * 3
    with pytest.raises(BadRequest) as caught:
        read(scope_of({}), *parts)
    assert caught.value.code is Code.BODY_TOO_LARGE


@pytest.mark.parametrize("messages", [[], [part(b"{", more=True)]])
def test_a_body_that_does_not_arrive_is_not_waited_for(
    messages: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_DEADLINE_S", 0.01)
    with pytest.raises(BadRequest) as caught:
        read(scope_of({}), *messages)
    assert caught.value.code is Code.REQUEST_INCOMPLETE


@pytest.mark.parametrize("complete", [True, False])
def test_a_caller_who_leaves_asks_nothing(complete: bool) -> None:
    with pytest.raises(BadRequest) as caught:
        read(scope_of({}, complete=complete), {"type": "http.disconnect"})
    assert caught.value.code is Code.REQUEST_INCOMPLETE


def test_a_complete_body_needs_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "timeout", None)
    assert read(scope_of({}, complete=True), part(b'{"query":"{x}"}')).query == "{x}"


@pytest.mark.parametrize("declared", ["²", "-1", "", "1e9", "x"])
def test_a_length_that_is_no_number_is_not_believed(declared: str) -> None:
    scope = scope_of({})
    scope["headers"].append((b"content-length", declared.encode("latin-1")))
    assert read(scope, part(b'{"query":"{x}"}')).query == "{x}"


@given(st.lists(st.sampled_from(list('{}[]"\\,:1 é')), max_size=200), st.integers(0, 60))
def test_the_quick_look_at_nesting_misses_nothing(text: list[str], deep: int) -> None:
    """What is let through to the parser is never nested more deeply than is allowed."""
    sent = ("[" * deep + "".join(text)).encode()
    within, depth, deepest = False, 0, 0
    escaped = False
    for byte in sent:
        character = chr(byte)
        if within:
            within = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            within = True
        elif character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    if deepest > MAX_JSON_NESTING and not within:
        assert bodies._is_deep(sent)


# ---- heads ----------------------------------------------------------------------------------


def test_a_repeated_content_type_is_refused_even_when_both_agree() -> None:
    scope = scope_of({})
    scope["headers"].append((b"content-type", b"application/json"))
    with pytest.raises(BadRequest) as caught:
        read(scope, part(b'{"query":"{x}"}'))
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE


def test_media_types_remembered_are_bounded_and_short() -> None:
    for number in range(600):
        post(b'{"query":"{x}"}', content_type=f"application/json; x={number}")
    post(b'{"query":"{x}"}', content_type="application/json")
    post(b'{"query":"{x}"}', content_type="application/json; x=" + "y" * 400)
    with pytest.raises(BadRequest):
        post(b'{"query":"{x}"}', content_type="text/json; x=1")
    assert heads._remembered.cache_info().currsize <= 256
