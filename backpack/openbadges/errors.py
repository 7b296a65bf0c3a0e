"""What is no badge, said in a sentence. The one family of exceptions that leaves the engine."""

from __future__ import annotations

from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 - the usual mark of gettext for a sentence translated elsewhere
    """Marks a sentence for translation, so that the engine speaks without Flask."""
    return sentence


class OpenBadgesError(Exception):
    """No badge could be read. `code` is stable; `sentence` has `{named}` places for `facts`.

    The fact `found` is itself marked for translation: translate both, then fill one with the other.
    """

    code: ClassVar[str] = "unreadable"
    sentence: ClassVar[str] = N_("This could not be read as a badge.")

    def __init__(self, **facts: str | int) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence.format_map(_Blank(self.facts))


class _Blank(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return ""


class NoBadgeFound(OpenBadgesError):
    code = "no-badge-found"
    sentence = N_(
        "There is no badge in this file. A screenshot or a recompressed picture loses it: "
        "download the original from the issuer’s message."
    )


class AmbiguousContainer(OpenBadgesError):
    code = "ambiguous-container"
    sentence = N_("This file holds two different badges in one picture. Ask the issuer for a clean file.")


class NotJSON(OpenBadgesError):
    code = "not-json"
    sentence = N_("The badge in this file is damaged ({found}). Download the original again.")


class NotABadge(OpenBadgesError):
    code = "not-a-badge"
    sentence = N_("This is {found}, not a badge. Choose the badge file that the issuer sent to you.")


class TooLarge(OpenBadgesError):
    code = "too-large"
    sentence = N_("This file is larger than a badge can be. Choose the badge file itself.")


class Encrypted(OpenBadgesError):
    code = "encrypted"
    sentence = N_("This file is protected by a password. Save it without the password, then try again.")


class Truncated(OpenBadgesError):
    code = "truncated"
    sentence = N_("This file is cut off or damaged. Download the original again.")


class AlreadyBaked(OpenBadgesError):
    code = "already-baked"
    sentence = N_("This picture already holds a badge. Say that it may be replaced, or choose another picture.")


class CannotBake(OpenBadgesError):
    code = "cannot-bake"
    sentence = N_("A badge can be put into a PNG, an SVG or a PDF only.")
