import re
from pathlib import Path

from hub.cli.main import VERBS
from hub.settings import SETTINGS

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_every_setting_is_explained_in_the_words_of_the_table() -> None:
    told = dict(re.findall(r"^\| `(HUB_\w+)` \| [^|]+ \| (.*) \|$", PAGE, re.MULTILINE))
    assert told == {each.name: each.meaning for each in SETTINGS}


def test_every_verb_is_explained() -> None:
    assert set(re.findall(r"^\| `hub (\w+)` \|", PAGE, re.MULTILINE)) == set(VERBS)
