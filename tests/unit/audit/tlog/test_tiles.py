"""Every tile has one address, and bundles give back what was put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tiles import (
    ENTRY_BYTES,
    Place,
    bundle,
    bundles_of,
    entries_of,
    parsed_path,
    tiles_of,
)

PLACES = st.builds(
    Place, st.none() | st.integers(0, 63), st.integers(0, 10**18), st.integers(1, 256)
)


@given(PLACES)
def test_a_place_is_found_by_its_path(place: Place) -> None:
    assert parsed_path(place.path) == place
    assert parsed_path(place.path.removeprefix("tile/")) == place


def test_the_examples_of_the_specification() -> None:
    assert Place(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Place(None, 273, 112).path == "tile/entries/273.p/112"
    assert Place(1, 0).path == "tile/1/000"
    sizes = list(tiles_of(70_000))
    assert len(sizes) == 273 + 1 + 1 + 1 + 1
    assert list(tiles_of(256)) == [Place(0, 0), Place(1, 0, 1)]
    assert list(bundles_of(256)) == [Place(None, 0)]
    assert list(bundles_of(257)) == [Place(None, 0), Place(None, 1, 1)]


@pytest.mark.parametrize(
    "path",
    [
        "0/0", "0/00", "0/0000", "00/000", "64/000", "-1/000", "0/x000/000", "0/x000/x001/000",
        "0/001/000", "0/x001/x000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/",
        "0/000/", "0//000", "0/000\n", "0/\u0660\u0660\u0660",
        "entries", "entries/", "x/000", "0/../000",
        "0/x001/x001/x001/x001/x001/x001/x001/000", "tile/tile/0/000", "",
    ],
)  # fmt: skip
def test_no_other_path_leads_anywhere(path: str) -> None:
    assert parsed_path(path) is None


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_back_its_entries(content: list[bytes]) -> None:
    assert entries_of(bundle(content)) == content


def test_a_bundle_holds_what_it_can_and_no_more() -> None:
    longest = b"x" * ENTRY_BYTES
    assert entries_of(bundle([longest])) == [longest]
    with pytest.raises(Invalid):
        bundle([longest + b"x"])
    whole = bundle([b"one", b"two"])
    for end in (1, 3, 6, 8):
        with pytest.raises(Invalid):
            entries_of(whole[:end])
    with pytest.raises(Invalid):
        entries_of(bundle([b""] * 257))
