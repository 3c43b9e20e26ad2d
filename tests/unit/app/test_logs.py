import json
import logging
import sys

import pytest

from hub.app.logs import Lines, withhold_codes

CODE = "010185-12345"


def line(message: str, *arguments: object, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("uvicorn.error", 40, __file__, 1, message, arguments, told)
    return Lines().format(record)


def test_a_librarys_line_is_json_of_one_line() -> None:
    told = json.loads(line("Invalid HTTP request received.\n"))
    assert told["event"] == "Invalid HTTP request received."
    assert (told["logger"], told["level"]) == ("uvicorn.error", "error")
    assert told["timestamp"].endswith("+00:00")


def test_a_librarys_error_is_told_by_kind_and_place_alone() -> None:
    with pytest.raises(KeyError) as caught:
        dict[str, int]()[CODE]
    written = line("Exception in application", error=caught.value)
    told = json.loads(written)
    assert told["error"] == "KeyError"
    assert told["where"].startswith("app/test_logs.py:")
    assert CODE not in written
    assert "Traceback" not in written


def test_anything_shaped_like_a_code_is_withheld() -> None:
    assert json.loads(line("Exception about %s", CODE))["event"] == "(withheld)"
    assert withhold_codes(None, "", {"event": "x", "who": [CODE]})["who"] == "(withheld)"


def test_a_format_that_fails_is_no_way_round() -> None:
    assert CODE not in line("%d", CODE)
    assert sys.exc_info() == (None, None, None)
