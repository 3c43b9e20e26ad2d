import re
from pathlib import Path

from hub.errors import Code

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| `([a-z_]+)` \| .*$", PAGE, re.MULTILINE)}


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
