"""Keys outside the database, seals bound to their place, indexes that tell nothing."""

import stat

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from almoner.people.models import Identity, Party
from almoner.vault import keys
from almoner.vault.blind import Kind, blind_index, mac, name_tokens, normalised
from almoner.vault.keys import Erased, KeyProblem
from almoner.vault.models import DataKey, Event
from almoner.vault.sealed import SealBroken, open_sealed, seal


@pytest.fixture
def key(stamp):
    return keys.new_data_key(stamp)


@pytest.fixture
def row(key, stamp):
    return Identity(party=Party(kind="person", data_key=key), number=1, **stamp.columns())


def test_a_master_key_is_readable_by_its_owner_alone(database):
    for name in ("master-1.key", "index.key"):
        path = database.home / "keys" / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(database, key):
    (database.home / "keys" / "master-1.key").chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        keys.opened(key)


def test_without_a_master_key_the_way_to_one_is_named(database, stamp, settings, tmp_path):
    settings.ALMONER_HOME = tmp_path / "elsewhere"
    with pytest.raises(KeyProblem, match="almoner keys create"):
        keys.new_data_key(stamp)
    with pytest.raises(KeyProblem, match=r"index\.key is missing"):
        blind_index(Kind.PHONE, "1")


def test_a_master_key_is_never_overwritten(database):
    before = (database.home / "keys" / "master-1.key").read_text()
    assert keys.create_master_key() == 2
    assert (database.home / "keys" / "master-1.key").read_text() == before


def test_a_file_that_holds_no_key_is_refused(database, key):
    path = database.home / "keys" / "master-1.key"
    path.write_text("not a key")
    with pytest.raises(KeyProblem, match="holds no key"):
        keys.opened(key)


def test_what_is_sealed_can_be_opened_and_is_not_to_be_read(row, key):
    value = {"name": "Wei", "income": "700.5", "members": [{"age": 3}], "none": None}
    sealed = seal(key, row=row, field="sealed", value=value)
    assert b"Wei" not in sealed
    assert open_sealed(key, row=row, field="sealed", value=sealed) == value
    assert open_sealed(key, row=row, field="sealed", value=memoryview(sealed)) == value


def test_the_same_value_is_sealed_differently_each_time(row, key):
    assert seal(key, row=row, field="sealed", value=1) != seal(key, row=row, field="sealed", value=1)


def test_a_seal_opens_only_where_it_was_put(row, key, stamp):
    sealed = seal(key, row=row, field="sealed", value="secret")
    other_row = Identity(party=row.party, number=2, **stamp.columns())
    other_table = Party(kind="person", data_key=key, uid=row.uid)
    other_key = keys.new_data_key(stamp)
    for wrong in (
        {"data_key": key, "row": row, "field": "name"},
        {"data_key": key, "row": other_row, "field": "sealed"},
        {"data_key": key, "row": other_table, "field": "sealed"},
        {"data_key": other_key, "row": row, "field": "sealed"},
    ):
        with pytest.raises(SealBroken):
            open_sealed(**wrong, value=sealed)


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_seal_with_one_wrong_bit_does_not_open(row, key, place):
    sealed = bytearray(seal(key, row=row, field="sealed", value="secret"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        open_sealed(key, row=row, field="sealed", value=bytes(sealed))
    with pytest.raises(SealBroken):
        open_sealed(key, row=row, field="sealed", value=b"")


def test_rotation_wraps_anew_and_touches_no_seal(row, key, database, stamp):
    sealed = seal(key, row=row, field="sealed", value="secret")
    others = keys.new_data_keys(3, stamp)
    assert keys.create_master_key() == 2
    with transaction.atomic():
        assert keys.rotate() == 4
        assert keys.rotate() == 0
    (database.home / "keys" / "master-1.key").unlink()
    rotated = DataKey.objects.get(pk=key.pk)
    assert rotated.master_version == 2
    assert open_sealed(rotated, row=row, field="sealed", value=sealed) == "secret"
    assert keys.opened(DataKey.objects.get(pk=others[2].pk)) == keys.opened(rotated) or others


def test_an_index_outlives_rotation(database):
    before = blind_index(Kind.IDENTIFIER, "110101")
    keys.create_master_key()
    assert blind_index(Kind.IDENTIFIER, "110101") == before


def test_erasure_empties_one_key_for_good(row, key, stamp):
    sealed = seal(key, row=row, field="sealed", value="secret")
    neighbour = keys.new_data_key(stamp)
    with transaction.atomic():
        keys.erase(key, stamp=stamp, why="asked by the person")
    erased = DataKey.objects.get(pk=key.pk)
    assert erased.wrapped is None
    assert Event.objects.get(kind="vault_data_key", row=key.pk).why == "asked by the person"
    for gone in (key, erased):
        with pytest.raises(Erased):
            open_sealed(gone, row=row, field="sealed", value=sealed)
        with pytest.raises(Erased):
            seal(gone, row=row, field="sealed", value="again")
    assert keys.opened(neighbour)


def test_an_erased_key_does_not_come_back(key, stamp):
    wrapped = bytes(key.wrapped)
    with transaction.atomic():
        keys.erase(key, stamp=stamp, why="asked by the person")
    with pytest.raises(Exception, match="erased_is_empty"), transaction.atomic():
        DataKey.objects.filter(pk=key.pk).update(wrapped=wrapped)


def test_a_wrapped_key_put_into_another_row_does_not_open(key, stamp):
    other = keys.new_data_key(stamp)
    DataKey.objects.filter(pk=other.pk).update(wrapped=key.wrapped)
    with pytest.raises(KeyProblem, match="does not open"):
        keys.opened(DataKey.objects.get(pk=other.pk))


def test_no_key_lies_in_the_clear_in_the_database(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM vault_data_key")
        assert keys.opened(key) not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.IDENTIFIER, " 11010119900307761x ", "110101 1990 0307 761X"),
        (Kind.IDENTIFIER, "\uff11\uff12\uff13", "123"),
        (Kind.ACCOUNT, "6222-0200-1234", "622202001234"),
        (Kind.PHONE, "0086 138 0013 8000", "+86-138-0013-8000"),
        (Kind.NAME, "José", "JOSE\u0301"),
        (Kind.NAME, "Anna  Maria", "anna\u3000maria"),
    ],
)
def test_one_value_in_two_spellings_has_one_index(database, kind, one, other):
    assert blind_index(kind, one) == blind_index(kind, other)


def test_a_kind_never_matches_another(database):
    assert len({blind_index(kind, "12345") for kind in Kind}) == 4


def test_an_index_needs_the_secret(database):
    before = blind_index(Kind.PHONE, "12345")
    path = database.home / "keys" / "index.key"
    path.unlink()
    path.touch(mode=0o600)
    path.write_text("ab" * 32)
    assert blind_index(Kind.PHONE, "12345") != before
    assert len(before) == 64


@pytest.mark.parametrize("text", ["", "  ", "\u3000", "--"])
def test_nothing_has_no_index(text):
    with pytest.raises(ValueError, match="empty"):
        normalised(Kind.IDENTIFIER, text)


@given(st.sampled_from(list(Kind)), st.text(min_size=1))
def test_normalising_twice_changes_nothing(kind, text):
    try:
        once = normalised(kind, text)
    except ValueError:
        return
    assert normalised(kind, once) == once


def test_a_name_is_found_by_its_words_in_characters_and_letters():
    assert name_tokens("王 小明", "Wang Xiaoming", "") == {"王", "小明", "wang", "xiaoming"}


def test_a_keyed_digest_tells_equal_from_unequal(database):
    assert mac("sheet", {"a": 1, "b": 2}) == mac("sheet", {"b": 2, "a": 1})
    assert mac("sheet", [1]) != mac("sheet", [2])
    assert mac("sheet", [1]) != mac("record", [1])
