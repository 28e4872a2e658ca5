"""The one place that opens DuckDB lets nothing in and nothing out."""

import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from almoner.engine.connection import DatabaseError, ask_shared, connect, shared

ONE = pa.table({"a": [1]})


@pytest.fixture(params=["shared", "own"])
def connection(request):
    if request.param == "shared":
        yield shared()
    else:
        with connect() as own:
            yield own


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/almoner-out.csv'",
        "ATTACH '/tmp/almoner.db'",
        "EXPORT DATABASE '/tmp/almoner'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    ],
)
def test_nothing_outside_is_reached(connection, statement):
    with pytest.raises(DatabaseError):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_paths = ['/etc/passwd']",
        "SET allowed_directories = ['/']",
        "SET autoload_known_extensions = true",
        "SET memory_limit = '1TB'",
        "RESET enable_external_access",
    ],
)
def test_no_setting_can_be_changed(connection, statement):
    with pytest.raises(DatabaseError):
        connection.execute(statement)


def test_a_python_variable_is_no_table(connection):
    secret = pa.table({"secret": [1]})
    with pytest.raises(DatabaseError):
        connection.execute("SELECT * FROM secret")
    assert secret.num_rows == 1


def test_a_named_file_is_read_and_its_neighbour_is_not(tmp_path):
    for name in ("named", "neighbour"):
        pq.write_table(ONE, tmp_path / f"{name}.parquet")
    with connect([tmp_path / "named.parquet"]) as own:
        assert own.execute(f"FROM '{tmp_path}/named.parquet'").fetchall() == [(1,)]
        with pytest.raises(DatabaseError):
            own.execute(f"FROM '{tmp_path}/neighbour.parquet'")


def test_a_path_with_a_quotation_mark_opens_no_other(tmp_path):
    path = tmp_path / "it's.parquet"
    pq.write_table(ONE, path)
    with connect([path]) as own:
        assert own.execute("SELECT current_setting('allowed_paths')").fetchall() == [([str(path)],)]


def test_the_private_folder_is_gone_at_the_end():
    with connect() as own:
        ((folder,),) = own.execute("SELECT current_setting('temp_directory')").fetchall()
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_threads_do_not_see_each_others_cases():
    found: dict[int, list[tuple[int]]] = {}

    def ask(number):
        table = pa.table({"a": [number]})
        for _time in range(20):
            found.setdefault(number, []).extend(ask_shared("SELECT a FROM cases", table))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [(number,)] * 20 for number in range(4)}


def test_more_queries_than_are_kept_parsed_are_still_answered():
    answers = [ask_shared(f"SELECT a + {number} FROM cases", ONE) for number in range(200)]
    assert answers == [[(number + 1,)] for number in range(200)]
    assert ask_shared("SELECT a + 0 FROM cases", ONE) == [(1,)]
