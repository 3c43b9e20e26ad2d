from hub.fetch.breaker import Breaker


class Watch:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def breaker(watch: Watch, failures: int = 3) -> Breaker:
    return Breaker(failures=failures, rest_s=5.0, timer=watch)


def fail(subject: Breaker, times: int) -> None:
    for _ in range(times):
        ticket = subject.admit()
        assert ticket is not None
        subject.failed(ticket)


def test_opens_after_failures_in_a_row() -> None:
    subject = breaker(Watch())
    fail(subject, 2)
    assert subject.wait_s() is None
    fail(subject, 1)
    assert subject.admit() is None
    assert subject.wait_s() == 5


def test_a_success_in_between_starts_the_count_again() -> None:
    subject = breaker(Watch())
    fail(subject, 2)
    ticket = subject.admit()
    assert ticket is not None
    subject.succeeded(ticket)
    fail(subject, 2)
    assert not subject.is_open


def test_of_fifty_calls_after_the_rest_one_may_try() -> None:
    watch = Watch()
    subject = breaker(watch)
    fail(subject, 3)
    watch.s += 5.0
    admitted = [ticket for _ in range(50) if (ticket := subject.admit())]
    assert [ticket.probe for ticket in admitted] == [True]
    assert subject.wait_s() == 1


def test_a_failed_probe_starts_another_rest() -> None:
    watch = Watch()
    subject = breaker(watch)
    fail(subject, 3)
    watch.s += 5.0
    fail(subject, 1)
    assert subject.admit() is None
    assert subject.wait_s() == 5


def test_a_probe_that_succeeds_closes() -> None:
    watch = Watch()
    subject = breaker(watch)
    fail(subject, 3)
    watch.s += 5.0
    probe = subject.admit()
    assert probe is not None
    subject.succeeded(probe)
    assert all(subject.admit() for _ in range(10))


def test_a_probe_that_went_away_lets_the_next_one_try() -> None:
    watch = Watch()
    subject = breaker(watch)
    fail(subject, 3)
    watch.s += 5.0
    probe = subject.admit()
    assert probe is not None
    subject.unused(probe)
    following = subject.admit()
    assert following is not None
    assert following.probe


def test_stragglers_do_not_make_the_rest_longer() -> None:
    watch = Watch()
    subject = breaker(watch)
    stragglers = [subject.admit() for _ in range(3)]
    fail(subject, 3)
    watch.s += 4.0
    for ticket in stragglers:
        assert ticket is not None
        subject.failed(ticket)
    assert subject.wait_s() == 1
