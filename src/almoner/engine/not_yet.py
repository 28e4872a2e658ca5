"""What a programme's file says and nothing yet carries out: refused by name, never passed over."""

from __future__ import annotations

from almoner.definitions.programme import Programme


class NotYetCarriedOut(Exception):
    """A step would have to act on what nothing carries out yet. `place` is as in `benefits.maize`."""

    def __init__(self, programme: Programme, place: str) -> None:
        """Name the place in the programme's file."""
        super().__init__(f"{programme.file}: {place} is not yet carried out.")
        self.place = place
