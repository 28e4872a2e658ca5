"""Work tells whoever watches how far it has come, and goes on the same where nobody does."""

from __future__ import annotations

from almoner.values.progress import READING, begin, each, watched_by


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
