"""Published cases as a study's file says them, and every printed figure computed again by the product."""

from pathlib import Path

import yaml

from almoner.definitions.study import check_study
from almoner.engine.studies import recompute

FOLDER = Path(__file__).parent
NOTHING_TAKEN = {"deadweight": 0, "attribution": 0, "displacement": 0, "drop_off": 0}


def case(name):
    """A published case: its inputs, and what each of its checks expects."""
    read = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return read["inputs"], {check["id"]: check["expect"] for check in read["checks"]}


def as_printed(number, decimals):
    """A number with the decimals with which the study prints it."""
    return f"{number:.{decimals}f}"


def figures(folder, tables):
    """Every printed figure of a study with these tables, by table and name."""
    path = folder / "study.yaml"
    whole = {"almoner": 1, "study": "A published case", "source": "beside this test", "tables": tables}
    path.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
    study, problems = check_study(path)
    assert not problems, problems
    return {(one.table, one.name): one for one in recompute(study)}


def slips(folder, tables):
    """The printed figures that do not follow from the others."""
    return [place for place, one in figures(folder, tables).items() if not one.agrees]
