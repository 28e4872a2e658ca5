"""The Merkle tree of RFC 6962: one hash for many leaves, and short proofs that a leaf is among them.

A leaf is hashed behind the byte 0 and a node behind the byte 1, so that no node can pose as a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two others."""
    return hashlib.sha256(_NODE + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The hash of the whole tree; of no leaves, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    return _root([leaf_hash(leaf) for leaf in leaves])


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root, lowest first.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    return _path(index, [leaf_hash(leaf) for leaf in leaves])


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf stands at this index of a tree of this size and root."""
    if not 0 <= index < size:
        return False
    here, last, rest = index, size - 1, list(proof)
    found = leaf_hash(leaf)
    while last:
        if here % 2:
            if not rest:
                return False
            found = node_hash(rest.pop(0), found)
        elif here < last:
            if not rest:
                return False
            found = node_hash(found, rest.pop(0))
        # The last leaf of an odd row has nobody beside it: it goes up unchanged.
        here, last = here // 2, last // 2
    return not rest and found == root


def _split(size: int) -> int:
    """The largest power of two below the size (2 or more)."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    middle = _split(len(hashes))
    return node_hash(_root(hashes[:middle]), _root(hashes[middle:]))


def _path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        return [*_path(index, hashes[:middle]), _root(hashes[middle:])]
    return [*_path(index - middle, hashes[middle:]), _root(hashes[:middle])]
