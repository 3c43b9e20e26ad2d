"""What reports share: kinds of data, registers, and words in both languages."""

import strawberry

from hub.model import reports as model
from hub.model.retention import RetentionTerms
from schemas.accountability.paging import ADM, Purpose, Recipient
from schemas.field import described, leaf


@strawberry.type(description=described("A kind of data", "datu kategorija"))
class KindOfData:
    """As fields are classified."""

    code: str = leaf(ADM, "As in the schema", "apzīmējums")
    text: str = leaf(ADM, "In English", "angliski")
    text_lv: str = leaf(ADM, "In Latvian", "latviski")

    @classmethod
    def of(cls, kind: model.Category) -> "KindOfData":
        """Publish one."""
        return cls(code=kind.code, text=kind.words.en, text_lv=kind.words.lv)


@strawberry.type(description=described("A register facts came from", "datu avots"))
class SourceRegister:
    """A state information system and its controller."""

    register: str = leaf(ADM, "Published name", "reģistra apzīmējums")
    title: str = leaf(ADM, "Name in English", "nosaukums angļu valodā")
    title_lv: str = leaf(ADM, "Name in Latvian", "nosaukums latviešu valodā")
    controller: str = leaf(ADM, "Controller, in English", "pārzinis, angļu valodā")
    controller_lv: str = leaf(ADM, "Controller, in Latvian", "pārzinis, latviešu valodā")
    system: str = leaf(ADM, "State information system", "valsts informācijas sistēma")

    @classmethod
    def of(cls, source: model.Source) -> "SourceRegister":
        """Publish one."""
        return cls(
            register=source.register,
            title=source.title.en,
            title_lv=source.title.lv,
            controller=source.controller.en,
            controller_lv=source.controller.lv,
            system=source.system,
        )


@strawberry.type(description=described("How long the log is kept", "glabāšanas termiņš"))
class Retention:
    """After the end of the year."""

    years: int = leaf(ADM, "Years after the entry's own", "gadi pēc pieraksta gada")
    law: list[str] = leaf(ADM, "Provisions", "tiesību normas")
    text: str = leaf(ADM, "In English", "angliski")
    text_lv: str = leaf(ADM, "In Latvian", "latviski")

    @classmethod
    def of(cls, terms: RetentionTerms) -> "Retention":
        """Publish the terms."""
        return cls(years=terms.years, law=list(terms.law), text=terms.en, text_lv=terms.lv)


def recipient(code: str, words: model.Words) -> Recipient:
    """Publish a recipient."""
    return Recipient(code=code, name=words.en, name_lv=words.lv)


def purpose(words: model.Words, iri: str = "") -> Purpose:
    """Publish a purpose."""
    return Purpose(iri=iri, text=words.en, text_lv=words.lv)
