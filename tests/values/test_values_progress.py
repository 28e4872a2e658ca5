"""Work tells whoever watches how far it has come, and goes on the same where nobody does."""

from __future__ import annotations

from almoner.values.progress import READING, WRITING, begin, each, pieces, watched_by


def test_every_hundredth_thing_and_the_last_are_told():
    told = []
    with watched_by(lambda *said: told.append(said)):
        begin("checking")
        assert list(each(READING, range(250))) == list(range(250))
        assert list(each(READING, [])) == []
    assert told == [
        ("checking", 0, None),
        *[(READING, done, 250) for done in (0, 100, 200, 250)],
        (READING, 0, 0),
    ]


def test_a_thing_is_told_once_it_is_done():
    told = []
    with watched_by(lambda *said: told.append(said)):
        for _thing in each(READING, ["only"]):
            assert told == [(READING, 0, 1)]
    assert told[-1] == (READING, 1, 1)


def test_where_nobody_watches_nothing_is_told():
    told = []
    with watched_by(lambda *said: told.append(said)):
        pass
    begin(READING)
    assert list(each(READING, [1, 2])) == [1, 2]
    assert told == []


def test_pieces_hold_everything_once_in_order_and_the_watcher_hears_of_each():
    told = []
    with watched_by(lambda *said: told.append(said)):
        found = list(pieces(WRITING, range(7), 3))
    assert [list(one) for one in found] == [[0, 1, 2], [3, 4, 5], [6]]
    assert told == [(WRITING, 0, 7), (WRITING, 3, 7), (WRITING, 6, 7), (WRITING, 7, 7)]
    assert list(pieces(WRITING, [], 3)) == []
