"""Reports on paper and as JSON: pages that print well, read aloud well, and load nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from hub.audit.reports.texts import TEXTS
from hub.model.reports import (
    BreachReport,
    ProcessingReport,
    RecipientsReport,
    Report,
    SubjectReport,
    Words,
)
from hub.ports.words import FieldWords

LANGUAGES: Final = tuple(TEXTS)
_RIGA: Final = ZoneInfo("Europe/Riga")
_TEMPLATES: Final[dict[type, str]] = {
    SubjectReport: "person.html",
    ProcessingReport: "processing.html",
    RecipientsReport: "recipients.html",
    BreachReport: "breach.html",
}


def page(report: Report, language: str, words: FieldWords) -> str:
    """Return a report as one HTML page that asks for nothing outside itself.

    Args:
        report: Any.
        language: ``lv`` or ``en``.
        words: For registers and fields, which reports name by their ids.
    """
    template = _environment().get_template(_TEMPLATES[type(report)])
    return template.render(
        report=report,
        language=language,
        text=TEXTS[language],
        say=_saying(language),
        words=words,
        local=_local,
        named=_naming(report, language),
    )


def document(report: Report) -> bytes:
    """Return a report as JSON in UTF-8, in both languages, instants in UTC."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


@cache
def _environment() -> Environment:
    # INVARIANT: everything is escaped: names come from partners, cases and officials from callers
    return Environment(
        loader=PackageLoader("hub.audit.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _naming(report: Report, language: str) -> Callable[[Sequence[str]], str]:
    """Return words for kinds of data and registers, which looks name by their codes."""
    say, words = _saying(language), dict[str, str]()
    if isinstance(report, SubjectReport):
        kinds = [kind for use in report.purposes for kind in use.categories]
        words |= {kind.code: say(kind.words) for kind in kinds}
        words |= {each.register: say(each.title) for each in report.sources}
    return lambda codes: ", ".join(words.get(code, code) for code in codes)


def _saying(language: str) -> Callable[[Words], str]:
    def say(words: Words) -> str:
        told: str = getattr(words, language)
        return told

    return say


def _local(at: datetime) -> str:
    return f"{at.astimezone(_RIGA):%Y-%m-%d %H:%M}"
