"""Vaccines that the twin gives: names in use in Latvia, lots made up."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A vaccine.

    Attributes:
        diseases: ICD-10 codes.
        primary_doses: Doses of primary vaccination; later ones are boosters.
        route, indication: E-veselība's codes.
    """

    atc: str
    name: str
    diseases: tuple[str, ...]
    lot_prefix: str
    primary_doses: int
    dose_ml: Decimal = Decimal("0.50")
    route: str = "IM"
    indication: str = "KALENDARS"


_HEXAVALENT = ("A36", "A35", "A37", "A80", "A49.2", "B16")
_MMR = ("B05", "B26", "B06")
PRODUCTS = (
    Product(
        atc="J07AN01",
        name="BCG Vaccine AJV",
        diseases=("A15-A19",),
        lot_prefix="BCG",
        primary_doses=1,
        dose_ml=Decimal("0.05"),
        route="ID",
    ),
    Product(
        atc="J07BH01",
        name="Rotarix",
        diseases=("A08.0",),
        lot_prefix="RTX",
        primary_doses=2,
        dose_ml=Decimal("1.50"),
        route="PO",
    ),
    Product(
        atc="J07CA09", name="Hexacima", diseases=_HEXAVALENT, lot_prefix="HXC", primary_doses=3
    ),
    Product(
        atc="J07CA09", name="Infanrix hexa", diseases=_HEXAVALENT, lot_prefix="IFX", primary_doses=3
    ),
    Product(
        atc="J07AL02", name="Synflorix", diseases=("A40.3",), lot_prefix="SYN", primary_doses=2
    ),
    Product(
        atc="J07AL02", name="Vaxneuvance", diseases=("A40.3",), lot_prefix="VXN", primary_doses=2
    ),
    Product(
        atc="J07BD52",
        name="Priorix",
        diseases=_MMR,
        lot_prefix="PRX",
        primary_doses=1,
        route="SC",
    ),
    Product(
        atc="J07BK01",
        name="Varilrix",
        diseases=("B01",),
        lot_prefix="VRX",
        primary_doses=2,
        route="SC",
    ),
    Product(
        atc="J07CA02",
        name="Tetraxim",
        diseases=("A36", "A35", "A37", "A80"),
        lot_prefix="TTX",
        primary_doses=0,
    ),
    Product(
        atc="J07BM03", name="Gardasil 9", diseases=("B97.7",), lot_prefix="GRD", primary_doses=2
    ),
    Product(
        atc="J07AM51",
        name="diTeBooster",
        diseases=("A35", "A36"),
        lot_prefix="DTB",
        primary_doses=0,
    ),
    Product(
        atc="J07BN01",
        name="Comirnaty",
        diseases=("U07.1",),
        lot_prefix="CMR",
        primary_doses=2,
        dose_ml=Decimal("0.30"),
        indication="VELESANAS",
    ),
    Product(
        atc="J07BB02",
        name="VaxigripTetra",
        diseases=("J10",),
        lot_prefix="VGT",
        primary_doses=1,
        indication="RISKA_GR",
    ),
    Product(
        atc="J07BA01",
        name="FSME-IMMUN",
        diseases=("A84",),
        lot_prefix="FSM",
        primary_doses=3,
        indication="VELESANAS",
    ),
    Product(
        atc="J07BC01",
        name="Engerix-B",
        diseases=("B16",),
        lot_prefix="ENG",
        primary_doses=3,
        indication="DARBS",
    ),
)
