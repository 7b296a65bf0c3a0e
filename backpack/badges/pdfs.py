"""A stranger's PDF opened in the rendering process, under its limits, instead of in ours."""

from __future__ import annotations

from backpack import rendering
from backpack.errors import N_, BackpackError
from backpack.openbadges.containers import pdf
from backpack.openbadges.errors import Encrypted, TooLarge, Truncated


class TooBusy(BackpackError):
    code = "too-busy"
    sentence = N_("Too many files are being read at this moment. Try again in a minute.")


def payloads_of(data: bytes) -> tuple[bytes, ...]:
    """What may be a badge in a PDF, as `openbadges.containers.pdf.extract` finds it. Raises the same, and TooBusy."""
    if len(data) > pdf.MAX_PDF:
        raise TooLarge
    try:
        found = rendering.inside_pdf(data, pdf.KEY, most=pdf.MAX_ATTACHMENTS, size=pdf.MAX_ATTACHED)
    except rendering.CannotRender as error:
        raise _said_of(error) from error
    return pdf.payloads(found.information, found.packet, found.attached)


def _said_of(error: rendering.CannotRender) -> Exception:
    match error.facts["reason"]:
        case "busy":
            return TooBusy()
        case "encrypted":
            return Encrypted()
        case "too-large" | "too-costly":
            return TooLarge()
        case _:
            return Truncated()
