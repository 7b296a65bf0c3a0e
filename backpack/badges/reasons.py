"""Why a line of an import is not a badge in the backpack: stable codes, each with a plain sentence.

A line keeps the code and the facts; the sentence is found here again when the line is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from backpack.errors import N_, BackpackError, TooLarge
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.report import Sentence


class NothingGiven(BackpackError):
    code = "nothing-given"
    sentence = N_("Choose at least one file, or paste the address or the text of a badge.")


class TooManyGiven(BackpackError):
    code = "too-many-given"
    sentence = N_("At most %(most)s badges at a time. Import this one in a second go.")


class FileTooLarge(TooLarge):
    code = "file-too-large"
    sentence = N_("This file is larger than %(most)s MB. A badge is smaller: choose the file that the issuer sent.")


class BoxTooLarge(TooLarge):
    code = "box-too-large"
    sentence = N_(
        "This ZIP holds too much: at most %(most)s files and %(size)s MB unpacked. Make several smaller ones."
    )


class BoxInABox(BackpackError):
    code = "box-in-a-box"
    sentence = N_("A ZIP or a message within another is not opened. Take it out and import it by itself.")


class NoBadgeInMail(BackpackError):
    code = "no-badge-in-mail"
    sentence = N_(
        "No badge is attached to this message. If it holds a link to the badge, open it and paste the badge’s address "
        "here."
    )


class EmptyFile(BackpackError):
    code = "empty-file"
    sentence = N_("This file is empty. Download the original again.")


class NoRoom(TooLarge):
    code = "no-room"
    sentence = N_("There is no room left for this file (%(most)s MB in all). Remove a badge or a work first.")


class BadAddress(BackpackError):
    code = "bad-address"
    sentence = N_("This is no address of a badge, and no text of one. An address begins with https://.")


class AddressRefused(BackpackError):
    code = "address-refused"
    sentence = N_("This address is not allowed (a private network). Give the badge’s public address.")


class NoBadgeThere(BackpackError):
    code = "no-badge-there"
    sentence = N_("There is no badge at this address. Give the address of the badge, or import its file.")


class AlteredCopy(BackpackError):
    code = "altered-copy"
    sentence = N_("You have this badge already, and yours holds. This copy does not, so it was not kept.")


class HolderUnprovable(BackpackError):
    code = "holder-unprovable"
    sentence = N_(
        "This badge does not name its holder by a mail address, so we cannot tell whether it is yours. "
        "Ask the issuer for a badge in your mail address."
    )


class TakenBack(BackpackError):
    code = "taken-back"
    sentence = N_("The issuer took this badge back, and nothing else is left of it at its address.")


class NeverAnswered(BackpackError):
    code = "never-answered"
    sentence = N_(
        "The issuer never answered, and this file does not say whose badge it is. Ask the issuer for the file."
    )


class BrokenOff(BackpackError):
    code = "broken-off"
    sentence = N_("We could not finish checking this badge. Import it again; if that fails too, tell us.")


class CheckedJustNow(BackpackError):
    code = "checked-just-now"
    sentence = N_("This badge was checked a moment ago. A new check is possible in %(seconds)s seconds.")


LINE_SENTENCES: Final[Mapping[str, str]] = {
    "for-address": N_("Issued to {address}. If that is yours, add it: the badge will be yours at once."),
    "for-hidden-address": N_(
        "Issued to an address that you have not confirmed. If it is yours, add it: the badge will be yours at once."
    ),
    "held": N_("The issuer does not answer: kept, and tried again by itself."),
    "removed-since": N_("This badge has been removed from your backpack since."),
    "export-back": N_(
        "An export of a Backpack. Besides the badges: works {works}, collections {collections}, CVs {cvs}. Share links "
        "are not opened again: make new ones."
    ),
    "page-known": N_("The badge’s web page was recognised: we took the badge itself."),
    "replaced": N_("This copy holds; it took the place of the one you had."),
}


def _families() -> Iterator[type[BackpackError] | type[OpenBadgesError]]:
    waiting: list[Any] = [BackpackError, OpenBadgesError]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(one.__subclasses__())


def said(code: str | None, facts: Mapping[str, Any]) -> Sentence:
    """The sentence of a code with its facts, to be translated where it is shown."""
    known = {one.code: one.sentence for one in _families()}
    text = LINE_SENTENCES.get(code or "") or known.get(code or "", BrokenOff.sentence)
    return Sentence(text=text, facts={name: str(value) for name, value in facts.items()})
