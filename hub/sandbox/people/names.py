"""First names, last names, streets and schools to draw from; every combination is made up."""

# ruff: noqa: SIM905 - words read better without a hundred quotation marks

from types import MappingProxyType
from typing import Final

WOMEN: Final = tuple(
    """Agnese Aija Aiga Alise Anda Anete Anita Anna Antra Ance Austra Baiba Biruta Dace Daiga Daina
    Dārta Diāna Dzintra Elīna Elza Emīlija Estere Eva Evija Gunta Ieva Ilga Ilze Ina Inese Inga
    Inguna Inta Irēna Jana Kate Katrīna Kristīne Laima Laura
    Lauma Liene Linda Līga Līva Madara
    Maija Mārīte Marta Monta Nora Paula Ramona Rasa Rūta Sabīne Sandra Sanita Sarmīte Santa Signe
    Silvija Skaidrīte Solvita Sofija Tīna Una Undīne Valda Velga Vēsma Vija Vineta Vizma Zane Zenta
    Zinta""".split()
)
MEN: Final = tuple(
    """Adrians Agris Aigars Ainārs Aivars Aleksis Alvis Andis Andris Arnis Artis Arvīds Atis Augusts
    Dainis Dāvis Didzis Dzintars Edgars Edvards Eduards Egils Einārs Elmārs Emīls Ēriks Ernests
    Gatis Gints Gunārs Guntis Gustavs Gvido Harijs Henrijs Imants Indulis Ivars Ivo Jānis Jēkabs
    Juris Kaspars Kārlis Kristaps Krišjānis Krists Lauris Linards Ludis Mareks Mārcis Māris Markuss
    Matīss Miks Modris Nauris Niks Normunds Oskars Oto Pauls Pēteris Raimonds Raivis Ralfs Reinis
    Rihards Roberts Rolands Rūdolfs Sandis Teodors Toms Uldis Valdis Valters Viesturs
    Zigurds""".split()
)

_HARD: Final = """Abol Alksn Asar Avot Balod Bebr Bērz Birzniek Burtniek Cīrul Dārzniek Dižbērz
Dzelzskaln Ezer Graud Jaunzem Kalnarāj Kārkl Krast Krastmal Ķiršlauk Lagzd Laukmal Lejasaun
Liepkaln Līdum Lielvārd Mālkaln Medniek Mežmal Miglāj Niedrāj Ozolkaln Pakaln Piebalg Plūdon
Priežkaln Pūpol Purvmal Ratniek Robežniek Rudmež Saulkaln Sēļakaln Sīpol Strautmal Strazd
Sūnukaln Svētel Tīrum Upmal Vairog Vējmal Zariņkaln Zeltmat Zemgal Zvejniek Žagat""".split()

_SOFT: Final = """Akment Celm Gaism Kaln Krūm Lazd Ozol Rudz Skuj Strauj Vanadz Vītol
Zar Zīl Ziem Zvirbul""".split()

_SMALL: Final = """Bebr Birz Damb Grāv Jum Laps Mež Rudz Skudr Sniedz Taur Vāver Zied
Žub""".split()

_SAME: Final = """Apse Bērze Cielava Dzeguze Egle Irbe Kļava Lapegle Liepa Niedre
Priede Pūce Roze Upe Vilkābele Zvaigzne""".split()

LAST: Final = (
    *((f"{stem}s", f"{stem}a") for stem in _HARD),
    *((f"{stem}iņš", f"{stem}iņa") for stem in _SOFT),
    *((f"{stem}ītis", f"{stem}īte") for stem in _SMALL),
    *((name, name) for name in _SAME),
)
"""Last names as (masculine, feminine)."""

_FORMS: Final = MappingProxyType({form: pair for pair in LAST for form in pair})


def both_forms(last: str) -> tuple[str, str]:
    """Return the masculine and the feminine form of a last name from ``LAST``."""
    return _FORMS[last]


STREETS: Final = tuple(
    f"{name} iela"
    for name in """Liepu Ozolu Bērzu Kļavu Ošu Pļavu Dārza Skolas Saules Zvaigžņu Ezera Upes Meža
    Parka Stacijas Tirgus Dzirnavu Krasta Kalna Lejas Ziedu Pīlādžu Vītolu Ābeļu Ķiršu Cīruļu
    Lakstīgalu Rudzu Linu Miera""".split()
)

EMPLOYERS: Final = tuple(
    (f'SIA "{name}"', f"509{number:08}")
    for number, name in enumerate(
        """Sūnu mala|Trīs bebri|Zilais kalns|Ozolzīle|Baltais ragavnieks|Dzintara krasts|Rīta rasa
        Kastaņu aleja|Vēju pļava|Meža skudra|Saules tilts|Medus pods|Linu druva|Upes līkums
        Ābolu serde|Rudens zelts|Sniega lode|Vilnas kamols|Māla krūze|Zvirbuļa ligzda|Zaļā birzs
        Sienāzis|Akmens tilts|Vītola stīga|Melnā upene|Pūces acs|Divas airas|Klusā osta""".replace(
            "\n", "|"
        ).split("|"),
        start=1,
    )
    for name in [name.strip()]
)
"""Employers: name and registration number; no such number is registered."""

SCHOOLS: Final = (
    "Kastaņu pamatskola",
    "Zilā kalna vidusskola",
    "Upes līkuma vidusskola",
    "Ozolzīles arodskola",
    "Linu tehnikums",
    "Saules koledža",
    "Dzintara augstskola",
    "Ziemeļu universitāte",
)
