import pytest

from almoner.definitions.load import all_programmes, load
from almoner.engine.rehearsal import rehearse

PROGRAMMES = all_programmes()


def test_programmes_are_shipped():
    assert "student_grants" in {path.stem for path in PROGRAMMES}


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_every_example_of_a_shipped_programme_holds(path):
    programme = load(path)
    results = rehearse(programme)
    assert [one.example for one in results] == list(programme.examples)
    assert [str(problem) for one in results for problem in one.problems] == []
