"""The questions a partner may ask: persons, its own permissions, and the registers there are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, cast

import strawberry
from strawberry.tools import create_type
from strawberry.types import Info
from strawberry.types.field import StrawberryField

from hub.model.agreement import Agreement
from hub.model.catalogue import Category, Manifest
from hub.model.personal_code import PersonalCode
from schemas.field import argument, described, leaf, part

ADM = Category.ADMINISTRATIVE


@strawberry.type(description=described("How long a register's facts may be kept", "datu svaigums"))
class FreshnessPolicy:
    """Seconds, from the connector's manifest."""

    ttl_seconds: int = leaf(ADM, "Served without asking again for so long", "derīguma laiks")
    negative_ttl_seconds: int = leaf(
        ADM, "The same for the answer that there is no record", "derīguma laiks, ja ieraksta nav"
    )
    stale_if_error_seconds: int = leaf(
        ADM, "Oldest facts served while the register fails", "novecojuši dati kļūmes laikā"
    )
    max_age_seconds: int = leaf(ADM, "Never older than this", "lielākais vecums")


@strawberry.type(description=described("A register the hub can ask", "reģistrs"))
class RegisterInfo:
    """One register's manifest, as far as partners need it."""

    name: str = leaf(ADM, "Name, as the field of `Person`", "nosaukums")
    title: str = leaf(ADM, "Title in English", "nosaukums angļu valodā")
    title_lv: str = leaf(ADM, "Title in Latvian", "nosaukums latviešu valodā")
    controller: str = leaf(ADM, "Institution answerable for the data", "pārzinis")
    source: str = leaf(ADM, "State information system", "informācijas sistēma")
    freshness: FreshnessPolicy = part("How long facts may be kept", "datu svaigums")

    @classmethod
    def of(cls, known: Manifest) -> "RegisterInfo":
        """Publish a manifest."""
        kept = known.freshness
        return cls(
            name=known.name,
            title=known.title_en,
            title_lv=known.title_lv,
            controller=known.controller,
            source=known.source,
            freshness=FreshnessPolicy(
                ttl_seconds=kept.ttl_s,
                negative_ttl_seconds=kept.negative_ttl_s,
                stale_if_error_seconds=kept.stale_if_error_s,
                max_age_seconds=kept.max_age_s,
            ),
        )


@strawberry.type(
    description=described("A node of the granted field tree, as DAGR shows it", "piekļuves koks")
)
class AccessControlTree:
    """Nodes below ``Person``; a leaf has no properties."""

    name: str = leaf(ADM, "Field name", "lauka nosaukums")
    read_access: bool = leaf(ADM, "Whether it may be read", "lasīšanas tiesības")
    properties: list["AccessControlTree"] = part("Fields below", "apakšlauki")

    @classmethod
    def of(cls, name: str, fields: Sequence[Sequence[str]]) -> "AccessControlTree":
        """Fold dotted paths, already split, into a tree."""
        below: dict[str, list[Sequence[str]]] = {}
        for path in fields:
            if path:
                below.setdefault(path[0], []).append(path[1:])
        return cls(
            name=name,
            read_access=True,
            properties=[cls.of(child, paths) for child, paths in sorted(below.items())],
        )


@strawberry.type(
    description=described(
        "An agreement of the caller, as DAGR's permission", "datu apmaiņas atļauja"
    )
)
class Permission:
    """``current_user_permissions`` of DAGR, with the same names."""

    permission_number: str = leaf(ADM, "Number of the agreement", "atļaujas numurs")
    service_name: str = leaf(ADM, "Name of the service, in Latvian", "pakalpojuma nosaukums")
    service_id: str = leaf(
        ADM, "VIRSIS id of the service, or holder and number", "pakalpojuma identifikators"
    )
    purpose_of_use: str = leaf(ADM, "Purpose in plain words", "izmantošanas nolūks")
    purpose_iri: str = leaf(ADM, "Purpose as a term under DPV", "nolūka identifikators")
    legal_basis: list[str] = leaf(ADM, "Legal basis: GDPR terms and law", "tiesiskais pamats")
    operations: list[str] = leaf(ADM, "Kinds of operation granted", "darbības")
    use_count: int | None = leaf(ADM, "Distinct persons asked in this period", "izmantots")
    use_count_quota: int | None = leaf(ADM, "Most persons in a period", "kvota")
    valid_from: date = leaf(ADM, "First day", "spēkā no")
    valid_to: date | None = leaf(ADM, "Last day", "spēkā līdz")
    access_control_tree: AccessControlTree = part("Granted fields", "piekļuves koks")

    @classmethod
    def of(cls, agreement: Agreement, used: int | None) -> "Permission":
        """Publish an agreement; ``used`` is the present period's distinct persons."""
        basis = agreement.basis
        grounds = [basis.article6, *([basis.article9] if basis.article9 else []), *basis.law]
        return cls(
            permission_number=agreement.number,
            service_name=agreement.service_name or agreement.service,
            service_id=agreement.service,
            purpose_of_use=agreement.purpose_en,
            purpose_iri=agreement.purpose,
            legal_basis=grounds,
            operations=sorted(agreement.operations),
            use_count=used,
            use_count_quota=agreement.quota.subjects if agreement.quota else None,
            valid_from=agreement.valid_from,
            valid_to=agreement.valid_to,
            access_control_tree=AccessControlTree.of(
                "person", [field.split(".") for field in sorted(agreement.fields)]
            ),
        )


def query_type(person: type, more: Sequence[StrawberryField] = ()) -> type:
    """Return the root type over the composed ``Person``, with ``more`` root fields."""
    code = Annotated[PersonalCode, argument("Personal code", "personas kods")]
    codes = Annotated[list[PersonalCode], argument("Personal codes", "personas kodi")]

    def one(info: Info, personal_code: PersonalCode) -> Any:  # noqa: ANN401 — composed type
        del info
        return person(personal_code=personal_code)

    def many(info: Info, personal_codes: list[PersonalCode]) -> Any:  # noqa: ANN401 — composed type
        return [person(personal_code=asked) for asked in info.context.distinct(personal_codes)]

    def permissions(info: Info) -> list[Permission]:
        used: Mapping[str, int] = info.context.used
        return [Permission.of(each, used.get(each.number)) for each in info.context.agreements]

    def registers(info: Info) -> list[RegisterInfo]:
        known: Mapping[str, Manifest] = info.context.catalogue.registers
        return [RegisterInfo.of(known[name]) for name in sorted(known)]

    one.__annotations__.update({"personal_code": code, "return": person | None})
    many.__annotations__.update({"personal_codes": codes, "return": list[person]})  # type: ignore[valid-type]
    roots = [
        _root("person", one, "One person; an object for every well-formed code", "viena persona"),
        _root("persons", many, "Several persons, each once, in the order first asked", "personas"),
        _root(
            "currentPermissions",
            permissions,
            "The caller's agreements in force, as DAGR's current_user_permissions",
            "pašreizējās atļaujas",
        ),
        _root("registers", registers, "Registers the hub can ask", "reģistri"),
    ]
    return create_type(
        "Query", [*roots, *more], description=described("What a partner may ask", "vaicājumi")
    )


def _root(name: str, resolver: Callable[..., object], en: str, lv: str) -> StrawberryField:
    field: object = strawberry.field(
        resolver=resolver, name=name, description=described(en, lv), metadata={"root": name}
    )
    return cast("StrawberryField", field)
