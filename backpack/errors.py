"""What a person can act on: a stable code and a sentence that says what to do next.

Tests, logs and the API read the code; people read the sentence, translated where it is shown. One handler
(`web.errors`) alone knows which HTTP status belongs to which class.
"""

from __future__ import annotations

from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 - the usual mark of gettext for a sentence translated elsewhere
    """Marks a sentence for translation; `_()` translates it at the edge."""
    return sentence


class BackpackError(Exception):
    """Base of all errors that a person can act on. `facts` fill the `%(name)s` places of the sentence."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = N_("That did not work. Nothing was changed.")

    def __init__(self, **facts: str | int) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence % self.facts


class NotNow(BackpackError):
    """It would work at another moment: what it needs does not answer, or has its hands full."""


class NotFound(BackpackError):
    """Not there, or not theirs: the two must look alike."""

    code = "not-found"
    sentence = N_("There is nothing at this address. Check it, or start again from the first page.")


class Gone(BackpackError):
    """A share link that is well formed but not open, whatever the cause."""

    code = "link-closed"
    sentence = N_("This link is no longer active. This says nothing about the value of the badges.")


class TooLarge(BackpackError):
    code = "too-large"
    sentence = N_("This is larger than we accept. Choose a smaller file.")


class TooMany(BackpackError):
    code = "too-many"
    sentence = N_("Too many tries. Try again in %(minutes)s minutes.")
