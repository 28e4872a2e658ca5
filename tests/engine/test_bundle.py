"""The verification file: the same bytes from the same facts, and no tampering goes unseen."""

import json
import zipfile
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from statement_cases import KEY, STORY, bursaries, shuffled, stated, write

from almoner.engine import merkle
from almoner.engine.bundle import BundleProblem, leaf, root_of, write_bundle
from almoner.engine.statement import Account
from almoner.engine.verify import verify
from almoner.values.canonical import canonical, digest


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The account, its statement, and its verification file as a folder that no test changes."""
    folder = tmp_path_factory.mktemp("made")
    account = write(folder / "facts")
    statement = stated([account])
    return account, statement, write_bundle(folder / "file", [account], statement, key=KEY)


@pytest.fixture
def remade(made, tmp_path):
    """A copy that a test may change."""
    account, statement, _ = made
    return write_bundle(tmp_path / "file", [account], statement, key=KEY)


def test_a_whole_file_agrees_and_says_that_its_origin_is_not_checked(made):
    report = verify(made[2].path)
    assert report.problems == ()
    assert report.agrees
    assert (report.root, report.figures) == (made[2].root, 11)
    assert "consistent with itself; origin not checked" in report.message


def test_with_the_published_root_it_agrees_with_that(made):
    report = verify(made[2].path, made[2].root.upper())
    assert report.agrees
    assert "origin not checked" not in report.message


@pytest.mark.parametrize("root", ["ab" * 32, "", "not hex"])
def test_with_another_root_it_does_not_agree(made, root):
    report = verify(made[2].path, root)
    assert not report.agrees
    assert len(report.problems) == 1


def test_the_same_facts_are_the_same_bytes_as_folder_and_as_zip(tmp_path):
    files = []
    for seed in range(2):
        account = write(tmp_path / str(seed), shuffled(STORY, seed))
        bundle = write_bundle(tmp_path / f"{seed}.zip", [account], stated([account]), key=KEY)
        assert verify(bundle.path, bundle.root).agrees
        files.append((bundle.path.read_bytes(), bundle.root))
    assert files[0] == files[1]


def test_another_key_is_another_root(made, tmp_path):
    other = write_bundle(tmp_path / "other", [made[0]], made[1], key=b"k" * 32)
    assert other.root != made[2].root
    assert verify(other.path).agrees


def test_every_file_is_described_with_its_size_and_digest(made):
    package = json.loads((made[2].path / "datapackage.json").read_bytes())
    described = {resource["path"]: resource for resource in package["resources"]}
    files = {
        path.relative_to(made[2].path).as_posix(): path.read_bytes()
        for path in made[2].path.rglob("*")
        if path.is_file()
    }
    assert described.keys() == files.keys() - {"datapackage.json", "merkle.json"}
    for path, resource in described.items():
        assert (resource["bytes"], resource["hash"]) == (len(files[path]), f"sha256:{digest(files[path])}")
    fields = described["facts/bursaries/awards.parquet"]["schema"]["fields"]
    assert {"name": "awarded", "type": "yearmonth"}.items() <= fields[3].items()
    assert package["marking"] == "internal"


def test_one_file_is_proved_without_the_others(made):
    tree = json.loads((made[2].path / "merkle.json").read_bytes())
    leaves = [leaf(one["path"], one["salt"], one["sha256"]) for one in tree["leaves"]]
    index = [one["path"] for one in tree["leaves"]].index("statement.json")
    proof = merkle.inclusion_proof(index, leaves)
    assert merkle.includes(leaves[index], index, len(leaves), proof, bytes.fromhex(made[2].root))


def test_the_key_is_not_in_the_file(made):
    for path in made[2].path.rglob("*"):
        assert path.is_dir() or (KEY not in path.read_bytes() and KEY.hex().encode() not in path.read_bytes())


def test_a_file_is_not_written_over_another_folder(made):
    with pytest.raises(BundleProblem, match="already"):
        write_bundle(made[2].path, [made[0]], made[1], key=KEY)
    with pytest.raises(BundleProblem, match="32 bytes"):
        write_bundle(made[2].path, [made[0]], made[1], key=b"short")


# Tampering. `seal` makes every digest anew, as somebody would who knows how the file is built.


def seal(folder):
    """Make datapackage.json and merkle.json anew for whatever lies in the folder."""
    package = json.loads((folder / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource |= {"bytes": len(content), "hash": f"sha256:{digest(content)}"}
    (folder / "datapackage.json").write_bytes(canonical(package))
    tree = json.loads((folder / "merkle.json").read_bytes())
    for one in tree["leaves"]:
        one["sha256"] = digest((folder / one["path"]).read_bytes())
    tree["root"] = root_of(tree["leaves"])
    (folder / "merkle.json").write_bytes(canonical(tree))


def change_rows(folder, table, change):
    path = folder / "facts/bursaries" / f"{table}.parquet"
    before = pq.read_table(path)
    rows = change(before.to_pylist())
    after = pa.Table.from_pylist(rows, schema=before.schema)
    pq.write_table(after, path, compression="zstd", version="2.6", store_schema=False)


def change_statement(folder, change):
    content = json.loads((folder / "statement.json").read_bytes())
    change(content)
    (folder / "statement.json").write_bytes(canonical(content))


def richer(rows):
    return [row | {"amount": row["amount"] and row["amount"] + Decimal("0.01")} for row in rows]


def test_a_changed_cell_is_seen(remade):
    change_rows(remade.path, "deliveries", richer)
    said = "\n".join(verify(remade.path).problems)
    assert "facts/bursaries/deliveries.parquet: is not the file that was sealed." in said
    assert 'disbursed, value: the statement says "2400.05"; the rows give "2400.07"' in said


def test_a_changed_cell_is_seen_when_every_digest_was_made_anew(remade):
    change_rows(remade.path, "deliveries", richer)
    seal(remade.path)
    report = verify(remade.path)
    assert any("disbursed, value" in problem for problem in report.problems)
    assert not any("sealed" in problem for problem in report.problems)


def test_a_removed_row_is_seen_when_every_digest_was_made_anew(remade):
    change_rows(remade.path, "follow_up_later", lambda rows: [row for row in rows if row["state"] != "lost"])
    seal(remade.path)
    said = "\n".join(verify(remade.path).problems)
    assert "progression, N: the statement says 5; the rows give 4" in said


def test_a_row_outside_every_figure_cannot_be_removed_either(remade):
    change_rows(remade.path, "deliveries", lambda rows: [row for row in rows if row["happened"] != "2024-01"])
    seal(remade.path)
    assert any("rows: the statement says 5; the rows give 4" in one for one in verify(remade.path).problems)


@pytest.mark.parametrize("key", ["value", "n", "N", "lost", "target_met", "unit", "people"])
def test_a_figure_that_was_touched_up_is_seen_by_its_name(remade, key):
    def touch(content):
        figure = content["programmes"][0]["figures"][-1]
        figure[key] = {"value": "0.99", "unit": "people", "target_met": None}.get(key, 77)

    change_statement(remade.path, touch)
    seal(remade.path)
    problems = verify(remade.path).problems
    assert len(problems) == 1
    assert f"programmes, bursaries, figures, progression, {key}: the statement says" in problems[0]


@pytest.mark.parametrize("place", ["asked", "eligible", "delivered"])
def test_a_total_that_was_touched_up_is_seen(remade, place):
    change_statement(remade.path, lambda content: content["programmes"][0]["funnel"].update({place: 99}))
    seal(remade.path)
    assert f"funnel, {place}: the statement says 99" in verify(remade.path).problems[0]


def test_a_softened_sentence_is_seen(remade):
    change_statement(remade.path, lambda content: content["programmes"][0].update(not_claimed=[]))
    seal(remade.path)
    assert not verify(remade.path).agrees


def test_a_figure_left_out_or_a_marking_removed_is_seen(remade):
    change_statement(remade.path, lambda content: content["programmes"][0]["figures"].pop(0))
    change_statement(remade.path, lambda content: content.update(marking="public"))
    seal(remade.path)
    said = "\n".join(verify(remade.path).problems)
    assert "supported" in said
    assert "marking" in said


def test_a_changed_definition_is_seen(remade):
    path = remade.path / "definitions/bursaries.json"
    path.write_bytes(path.read_bytes().replace(b"0.92", b"0.42"))
    assert any("sealed" in problem for problem in verify(remade.path).problems)
    seal(remade.path)
    said = "\n".join(verify(remade.path).problems)
    assert "definitions/bursaries.json: is not the definition that the statement names." in said


def test_a_changed_definition_with_its_digest_made_anew_changes_the_figures(remade):
    path = remade.path / "definitions/bursaries.json"
    path.write_bytes(path.read_bytes().replace(b"0.92", b"0.42"))
    change_statement(
        remade.path, lambda content: content["programmes"][0].update(edition=digest(path.read_bytes()))
    )
    seal(remade.path)
    assert any('retention, target: the statement says "0.92"' in one for one in verify(remade.path).problems)


def test_a_definition_that_is_none_is_a_problem_and_no_crash(remade):
    path = remade.path / "definitions/bursaries.json"
    path.write_bytes(b'{"almoner":1}')
    change_statement(
        remade.path, lambda content: content["programmes"][0].update(edition=digest(path.read_bytes()))
    )
    seal(remade.path)
    assert not verify(remade.path).agrees


def test_only_the_root_tells_of_a_file_that_was_made_anew_from_other_facts(made, tmp_path):
    story = STORY | {"deliveries": richer(STORY["deliveries"])}
    account = write(tmp_path / "facts", story)
    forged = write_bundle(tmp_path / "file", [account], stated([account]), key=KEY)
    assert verify(forged.path).agrees
    report = verify(forged.path, made[2].root)
    assert not report.agrees
    assert "was published" in report.problems[0]


def test_a_row_that_is_there_twice_is_seen(remade):
    change_rows(remade.path, "awards", lambda rows: [*rows, rows[0]])
    seal(remade.path)
    assert any("1 rows have no key of their own" in problem for problem in verify(remade.path).problems)


def test_a_row_that_belongs_to_no_award_is_seen(tmp_path):
    account = write(tmp_path / "facts", STORY | {"awards": STORY["awards"][1:]})
    bundle = write_bundle(tmp_path / "file", [account], stated([account]), key=KEY)
    assert any("name an 'award' that is not there" in problem for problem in verify(bundle.path).problems)


def test_a_column_too_many_is_seen(remade):
    path = remade.path / "facts/bursaries/awards.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("name", pa.array(["X"] * table.num_rows)), path)
    seal(remade.path)
    assert any("columns are not those" in problem for problem in verify(remade.path).problems)


def test_a_word_or_a_month_that_cannot_be_is_seen(remade):
    change_rows(remade.path, "follow_up_later", lambda rows: [row | {"state": "fine"} for row in rows])
    change_rows(remade.path, "deliveries", lambda rows: [row | {"happened": "2025-1"} for row in rows])
    seal(remade.path)
    said = "\n".join(verify(remade.path).problems)
    assert "'state' that cannot be" in said
    assert "'happened' that cannot be" in said


def test_what_is_no_parquet_is_a_problem_and_no_crash(remade):
    (remade.path / "facts/bursaries/awards.parquet").write_bytes(b"PAR1 nothing PAR1")
    seal(remade.path)
    assert not verify(remade.path).agrees


@pytest.mark.parametrize(
    "missing",
    [
        "statement.json",
        "datapackage.json",
        "merkle.json",
        "definitions/bursaries.json",
        "facts/bursaries/awards.parquet",
    ],
)
def test_a_missing_file_is_seen(remade, missing):
    (remade.path / missing).unlink()
    assert any(problem.startswith(missing) for problem in verify(remade.path).problems)


@pytest.mark.parametrize("extra", ["notes.txt", "facts/bursaries/extra.parquet", "definitions/other.json"])
def test_an_extra_file_is_seen(remade, extra):
    (remade.path / extra).write_bytes(b"{}")
    assert any(extra in problem for problem in verify(remade.path).problems)


def test_a_link_out_of_the_folder_is_seen(remade, tmp_path):
    outside = tmp_path / "outside.parquet"
    path = remade.path / "facts/bursaries/awards.parquet"
    path.rename(outside)
    path.symlink_to(outside)
    assert any("a link may lead out" in problem for problem in verify(remade.path).problems)


@pytest.mark.parametrize("name", ["../escaped.json", "/escaped.json", "facts/../../escaped.parquet"])
def test_a_zip_writes_nothing_outside_its_own_folder(made, tmp_path, name):
    bundle = write_bundle(tmp_path / "in" / "file.zip", [made[0]], made[1], key=KEY)
    with zipfile.ZipFile(bundle.path, "a") as package:
        package.writestr(name, b"{}")
    report = verify(bundle.path)
    assert any("does not belong" in problem for problem in report.problems)
    assert not list(tmp_path.rglob("escaped*"))


def test_a_zip_that_holds_a_file_twice_or_compressed_is_seen(made, tmp_path):
    bundle = write_bundle(tmp_path / "file.zip", [made[0]], made[1], key=KEY)
    with zipfile.ZipFile(bundle.path, "a") as package:
        package.writestr("definitions/bomb.json", b"0" * 10_000, zipfile.ZIP_DEFLATED)
        with pytest.warns(UserWarning, match="Duplicate name"):
            package.writestr("statement.json", b"{}")
    said = "\n".join(verify(bundle.path).problems)
    assert "statement.json: is there twice." in said
    assert "definitions/bomb.json: is compressed" in said


@pytest.mark.parametrize("text", [b"", b"PK\x05\x06", b"not a zip"])
def test_what_is_no_verification_file_is_a_problem_and_no_crash(tmp_path, text):
    path = tmp_path / "file.zip"
    path.write_bytes(text)
    assert not verify(path).agrees
    assert not verify(tmp_path / "nowhere").agrees


@pytest.mark.parametrize(
    "content",
    [{}, [], {"programmes": "x"}, {"programmes": [{"name": "../../etc", "edition": ""}]}, None, 3],
)
def test_a_statement_of_another_shape_is_a_problem_and_no_crash(remade, content):
    (remade.path / "statement.json").write_bytes(canonical(content))
    seal(remade.path)
    assert not verify(remade.path).agrees


def test_json_with_a_key_twice_is_not_canonical(remade):
    path = remade.path / "statement.json"
    path.write_bytes(path.read_bytes()[:-1] + b',"marking":"internal"}')
    seal(remade.path)
    assert "statement.json: is not an object in canonical JSON." in verify(remade.path).problems


@pytest.mark.parametrize("tree", [{}, [], {"hash": 1, "leaves": [{}], "root": ""}, {"leaves": None}])
def test_a_tree_of_another_shape_is_a_problem_and_no_crash(remade, tree):
    (remade.path / "merkle.json").write_bytes(canonical(tree))
    said = "\n".join(verify(remade.path).problems)
    assert "merkle.json: is not a" in said


def test_two_programmes_stand_in_one_file(tmp_path):
    first = write(tmp_path / "first")
    second = Account(bursaries(), write(tmp_path / "second").facts, key="second", title="A second round")
    bundle = write_bundle(tmp_path / "file.zip", [first, second], stated([first, second]), key=KEY)
    report = verify(bundle.path, bundle.root)
    assert report.problems == ()
    assert report.figures == 22
