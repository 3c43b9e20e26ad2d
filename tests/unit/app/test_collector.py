import gc

from hub.app.collector import waiting


def test_it_waits_and_goes_on_as_before() -> None:
    assert gc.isenabled()
    with waiting():
        assert not gc.isenabled()
        with waiting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
