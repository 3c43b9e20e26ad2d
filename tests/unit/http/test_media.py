import orjson
import pytest

from hub.errors import BadRequest, Code, Internal, Refused, Several, Unauthenticated
from hub.http.media import MediaType, failed, negotiate


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, MediaType.GRAPHQL),
        ("*/*", MediaType.GRAPHQL),
        ("application/*", MediaType.GRAPHQL),
        ("application/json", MediaType.JSON),
        ("application/json; charset=utf-8", MediaType.JSON),
        ("application/graphql-response+json", MediaType.GRAPHQL),
        ("application/graphql-response+json, application/json;q=0.9", MediaType.GRAPHQL),
        ("application/graphql-response+json;q=0.1, application/json", MediaType.JSON),
        ("text/html, application/json;q=0.5, */*;q=0.1", MediaType.JSON),
    ],
)
def test_the_media_type_follows_accept(accept: str | None, media: MediaType) -> None:
    assert negotiate(accept) is media


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;q=0", "application/json;charset=latin-1", ",;", "q"]
)
def test_what_cannot_be_served_is_refused(accept: str) -> None:
    with pytest.raises(BadRequest) as caught:
        negotiate(accept)
    assert caught.value.code is Code.NOT_ACCEPTABLE


@pytest.mark.parametrize("code", list(Code))
def test_status_by_media_type(code: Code) -> None:
    error = BadRequest(code)
    assert failed(MediaType.GRAPHQL, error, "t").status_code == code.status
    expected = 200 if code.legacy_ok else code.status
    assert failed(MediaType.JSON, error, "t").status_code == expected


def test_errors_have_one_shape() -> None:
    refusal = Several(
        [
            Refused(
                Code.FIELD_NOT_IN_AGREEMENT,
                field="disability.cause",
                rule="X/1",
                reason={"en": "no"},
            )
        ]
    )
    response = failed(MediaType.GRAPHQL, refusal, "trace")
    assert orjson.loads(response.body) == {
        "errors": [
            {
                "message": Code.FIELD_NOT_IN_AGREEMENT.en,
                "extensions": {
                    "code": "field_not_in_agreement",
                    "field": "disability.cause",
                    "rule": "X/1",
                    "reason": {"en": "no"},
                },
            }
        ]
    }
    assert response.headers["cache-control"] == "no-store"


def test_a_masked_error_tells_its_trace_alone() -> None:
    body = orjson.loads(failed(MediaType.GRAPHQL, Internal(Code.INTERNAL), "abc").body)
    assert body["errors"][0]["extensions"] == {"code": "internal", "traceId": "abc"}


def test_headers_that_go_with_a_status() -> None:
    missing = failed(MediaType.GRAPHQL, Unauthenticated(Code.TOKEN_MISSING), "t")
    assert missing.headers["www-authenticate"].startswith("Bearer")
    assert "error" not in missing.headers["www-authenticate"]
    expired = failed(MediaType.GRAPHQL, Unauthenticated(Code.TOKEN_EXPIRED), "t")
    assert 'error="invalid_token"' in expired.headers["www-authenticate"]
    assert (
        failed(MediaType.GRAPHQL, BadRequest(Code.METHOD_NOT_ALLOWED), "t").headers["allow"]
        == "POST"
    )
    waiting = Refused(Code.QUOTA_EXHAUSTED, retryAfterSeconds=7)
    assert failed(MediaType.GRAPHQL, waiting, "t").headers["retry-after"] == "7"
