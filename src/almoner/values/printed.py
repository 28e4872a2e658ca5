"""Numbers as they are printed on papers and packs: read so that one number is not two because of a space."""

from __future__ import annotations

import unicodedata

_DASH = "Pd"
_UNSEEN = frozenset({"Cc", "Cf"})


def printed_number(text: str) -> str:
    """A printed number as it is kept: in capitals, without spaces and what nobody sees, any dash a hyphen."""
    plain = unicodedata.normalize("NFKC", text)
    seen = (one for one in plain if not one.isspace() and unicodedata.category(one) not in _UNSEEN)
    return "".join("-" if unicodedata.category(one) == _DASH else one for one in seen).upper()
