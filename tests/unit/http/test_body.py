import asyncio
from collections.abc import MutableMapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from hub.errors import BadRequest, Code, HubError
from hub.http.body import MAX_BODY_BYTES, Operation, read_get, read_post


def post(body: bytes, **headers: str) -> Operation:
    sent = {"content-type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return asyncio.run(read_post(Request(scope, receive)))


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
    read = post(b'{"query":"{x}","variables":{"a":1},"operationName":"A","extensions":{}}')
    assert (read.query, read.name, read.variables) == ("{x}", "A", {"a": 1})
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
    read = get("query=%7Bx%7D&variables=%7B%22a%22%3A1%7D&operationName=A")
    assert (read.query, read.name, read.variables) == ("{x}", "A", {"a": 1})
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
