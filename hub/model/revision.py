"""Every revision that ever acted, for those who read what happened under it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.model.agreement import Agreement, Visibility
from hub.model.catalogue import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an entry that names this revision was entered under; it never changes.

    Attributes:
        agreement: Terms as signed; words that vocabulary no longer has stand as short names.
        basis_en, basis_lv: Grounds of GDPR in plain words, then national law as cited.
        categories: Kinds of data it grants, value classes included.
    """

    agreement: Agreement
    basis_en: tuple[str, ...]
    basis_lv: tuple[str, ...]
    categories: frozenset[Category]

    def told_until(self, at: datetime, today: date) -> datetime | None:
        """Return the instant up to which entries are told to the person now; None for no entry.

        Args:
            at: Present instant, aware.
            today: Day in Europe/Riga.

        Source: the agreement's clause on visibility; decision 0351.
        """
        terms = self.agreement
        match terms.visibility:
            case Visibility.IMMEDIATE:
                return at
            case Visibility.DELAYED:
                return at - timedelta(days=terms.visible_after_days)
            case Visibility.SEALED:
                ended = terms.seal and terms.seal.ends and terms.seal.ends < today
                return at if ended else None
