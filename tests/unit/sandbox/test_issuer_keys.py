from pathlib import Path

import pytest

from hub.caller.keys import public_keys
from hub.sandbox.issuer.keys import (
    PORTAL,
    SigningKeys,
    UnknownClient,
    admin_secret,
    client_ids,
    client_key,
    person_keys,
    prepare,
)
from tests.unit.caller.minting import as_json


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_keys_are_made_once_and_added_to(tmp_path: Path) -> None:
    prepare(tmp_path, ["vsaa"])
    first = everything(tmp_path)
    prepare(tmp_path, ["vsaa", "nva"])
    second = everything(tmp_path)
    assert first.items() <= second.items()
    assert client_ids(tmp_path) == [PORTAL, "nva", "vsaa"]
    assert client_key(tmp_path, "vsaa") != client_key(tmp_path, "nva")


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    prepare(tmp_path, ["vsaa"])
    assert {path.stat().st_mode & 0o777 for path in everything(tmp_path)} == {0o600}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "ā", "-a", "a" * 65, "a\n"])
def test_a_client_id_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="client ids"):
        prepare(tmp_path, ["vsaa", name])
    assert not everything(tmp_path)
    prepare(tmp_path, ["vsaa"])
    with pytest.raises(UnknownClient, match="vsaa"):
        client_key(tmp_path, name)


def test_rotation_keeps_the_old_key_published_for_one_token_lifetime(tmp_path: Path) -> None:
    now_s = [0.0]
    prepare(tmp_path, [])
    keys = SigningKeys(tmp_path, lambda: now_s[0])
    old = keys.active.kid
    before = set(public_keys(as_json(keys.published())))
    new = keys.rotate()
    assert keys.active.kid == new != old
    assert before == {old, new}  # the next key is published before it signs
    now_s[0] = 629
    assert set(public_keys(as_json(keys.published()))) > {old, new}
    now_s[0] = 630
    after = set(public_keys(as_json(keys.published())))
    assert old not in after
    assert new in after


def test_rotation_survives_a_restart_and_drops_what_is_past(tmp_path: Path) -> None:
    now_s = [0.0]
    prepare(tmp_path, [])
    keys = SigningKeys(tmp_path, lambda: now_s[0])
    keys.rotate()
    now_s[0] = 700
    keys.rotate()
    again = SigningKeys(tmp_path, lambda: now_s[0])
    assert again.active == keys.active
    assert len(again.published()["keys"]) == 3
    assert len(again._keys) == 3


def test_what_is_published_holds_no_secret(tmp_path: Path) -> None:
    prepare(tmp_path, [])
    published = SigningKeys(tmp_path).published()["keys"]
    assert all("d" not in key for key in published)
    assert len(admin_secret(tmp_path)) >= 40
    assert person_keys(tmp_path).keys[0].is_private
