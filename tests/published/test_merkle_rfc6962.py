"""Published test vectors of RFC 6962, from transparency-dev/merkle (commit 417fb0c3), beside this file."""

from pathlib import Path

import pytest
import yaml

from almoner.engine import merkle

CASE = yaml.safe_load((Path(__file__).parent / "merkle_rfc6962.yaml").read_text(encoding="utf-8"))
LEAVES = [bytes.fromhex(leaf) for leaf in CASE["inputs"]["leaves_hex"]]
ROOTS = {size: bytes.fromhex(root) for size, root in CASE["inputs"]["roots"].items()}


def test_every_leaf_hashes_as_printed():
    assert [merkle.leaf_hash(leaf).hex() for leaf in LEAVES] == CASE["inputs"]["leaf_hashes"]


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_the_first_leaves_is_as_printed(size):
    assert merkle.root_hash(LEAVES[:size]) == ROOTS[size]


@pytest.mark.parametrize(("size", "index"), [(size, index) for size in range(1, 9) for index in range(size)])
def test_every_leaf_is_proved_against_the_printed_root_and_a_changed_one_is_not(size, index):
    proof = merkle.inclusion_proof(index, LEAVES[:size])
    assert merkle.includes(LEAVES[index], index, size, proof, ROOTS[size])
    assert not merkle.includes(b"\x01", index, size, proof, ROOTS[size])
