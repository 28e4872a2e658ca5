"""Proofs of inclusion hold for the leaf, place, size and root they were made for, and for no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.engine import merkle


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_a_proof_holds_for_its_own_leaf_and_not_for_another(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = merkle.inclusion_proof(index, leaves)
    root = merkle.root_hash(leaves)
    assert merkle.includes(leaves[index], index, len(leaves), proof, root)
    assert not merkle.includes(leaves[index] + b"x", index, len(leaves), proof, root)
    assert not merkle.includes(leaves[index], index, len(leaves), [*proof, b"\x00" * 32], root)
    assert not merkle.includes(leaves[index], index, len(leaves), proof, b"\x00" * 32)
    if proof:
        assert not merkle.includes(leaves[index], index, len(leaves), proof[1:], root)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=20), st.data())
def test_changing_any_leaf_changes_the_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:index], leaves[index] + b"\x00", *leaves[index + 1 :]]
    assert merkle.root_hash(changed) != merkle.root_hash(leaves)


def test_a_node_cannot_pose_as_a_leaf():
    leaves = [b"a", b"b", b"c", b"d"]
    upper = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert merkle.root_hash([upper[0] + upper[1], upper[2] + upper[3]]) != merkle.root_hash(leaves)


@pytest.mark.parametrize("index", [-1, 2, 10])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError, match="no leaf"):
        merkle.inclusion_proof(index, [b"a", b"b"])
    assert not merkle.includes(b"a", index, 2, [], merkle.root_hash([b"a", b"b"]))


def test_a_tree_without_leaves_includes_nothing():
    assert not merkle.includes(b"", 0, 0, [], merkle.root_hash([]))
