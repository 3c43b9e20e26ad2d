import pytest
from starlette.requests import Request

from hub.http.street import _is_near


@pytest.mark.parametrize(
    ("client", "near"),
    [
        (("127.0.0.1", 5), True),
        (("::1", 5), True),
        (("10.0.0.7", 5), False),
        (("not an address", 5), False),
        (None, False),
    ],
)
def test_metrics_are_for_this_machine_alone(client: tuple[str, int] | None, near: bool) -> None:
    assert _is_near(Request({"type": "http", "client": client, "headers": []})) is near
