import json
import re
from pathlib import Path

from hub.caller.flaw import Flaw
from hub.errors import Code

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
CODES = PAGE[PAGE.index("## Codes") : PAGE.index("## Why")]
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `([a-z_]+)` \| .*$", CODES, re.MULTILINE)}


def test_every_code_is_explained_and_no_other() -> None:
    assert set(ROWS) == {code.code for code in Code}


def test_each_row_says_what_the_registry_says() -> None:
    for code in Code:
        legacy = " (legacy 200)" if code.legacy_ok and code.status != 200 else ""
        start = f"| `{code.code}` | {code.status}{legacy} | {code.en} | {code.lv} |"
        assert ROWS[code.code].startswith(start)


def test_codes_are_lower_case_and_texts_speak_both_languages() -> None:
    for code in Code:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code.code)
        assert code.en[0].islower() or code.en.startswith("`")
        assert code.lv
        assert code.lv != code.en


def test_every_flaw_of_a_token_is_explained_and_no_other() -> None:
    reasons = PAGE[PAGE.index("## Why a token is not valid") :]
    assert re.findall(r"^\| `([a-z_]+)` \|", reasons, re.MULTILINE) == [flaw.value for flaw in Flaw]


def test_every_status_is_in_the_table_of_media_types() -> None:
    table = PAGE[PAGE.index("## Media type") : PAGE.index("## In which order")]
    told = {int(each) for each in re.findall(r"\b[1-5]\d\d\b", table)}
    assert {code.status for code in Code} - {404} <= told


def test_the_example_has_the_shape_of_a_real_refusal() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (error,) = json.loads(block)["errors"]
    assert set(error) == {"message", "extensions"}
    assert set(error["extensions"]) == {"code", "field", "rule", "reason"}
    assert error["message"] == Code.FIELD_NOT_IN_AGREEMENT.en
