import os

from hub.app.turns import Turns


def test_whoever_has_fewest_takes_the_next() -> None:
    turns = Turns(3)
    for seat, connections in enumerate((2, 1, 1)):
        turns.tell(seat, connections)
    assert [turns.is_mine(seat) for seat in range(3)] == [False, True, True]


def test_nobody_waits_for_a_seat_that_is_empty() -> None:
    turns = Turns(2)
    turns.tell(0, 7)
    assert turns.is_mine(0), "the other has not come yet"
    turns.tell(1, 0)
    assert not turns.is_mine(0)
    turns.leave(1)
    assert turns.is_mine(0), "and is gone again"


def test_a_child_is_heard_by_its_parent() -> None:
    turns = Turns(2)
    turns.tell(0, 5)
    child = os.fork()
    if child == 0:
        turns.tell(1, 3)
        os._exit(0)
    os.waitpid(child, 0)
    assert not turns.is_mine(0)
    assert turns.is_mine(1)
