"""What of the policy folder concerns neither agreements nor guard rails."""

from importlib.resources.abc import Traversable

import msgspec

from hub.model.retention import RetentionTerms
from hub.policy.source import packaged, read_yaml, text_of


class _Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    years: int
    law: list[str]
    en: str
    lv: str


class _Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    access_log: _Terms


def retention_terms(folder: Traversable | None) -> RetentionTerms:
    """Return how long the access log is kept.

    Args:
        folder: Policy folder; None for the one packaged with the hub.

    Raises:
        Misconfigured: ``retention.yaml`` is missing or malformed.
    """
    name = "retention.yaml"
    source = read_yaml(name, text_of((folder or packaged()) / name))
    terms = source.convert(_Retention).access_log
    return RetentionTerms(years=terms.years, law=tuple(terms.law), en=terms.en, lv=terms.lv)
