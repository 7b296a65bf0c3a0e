"""Whether the picture a badge names is online: a courtesy to whoever shows it, never part of the outcome."""

from __future__ import annotations

from backpack.openbadges.asking import GONE
from backpack.openbadges.case import Case
from backpack.openbadges.documents import Document
from backpack.openbadges.errors import N_
from backpack.openbadges.identity import addresses

ACCEPT_IMAGE = "image/png, image/svg+xml, image/*;q=0.5"


def check(case: Case) -> None:
    """The check `links`. Pages of criteria and evidence are people's to open: asking them would tell who looks."""
    shown = case.shown
    pictures = [image.url for image in (shown.image, shown.achievement.image) if image is not None and image.url]
    asked = [url for url in dict.fromkeys(pictures) if addresses.is_web(url)]
    if not asked:
        case.findings.not_applicable("links", N_("The badge names no picture at an address."))
        return
    for url in asked:
        answer = case.inquiry.ask(url, "image", ACCEPT_IMAGE)
        if not isinstance(answer, Document) or answer.status == GONE:
            case.findings.warning("links", N_("The picture does not answer."), "link-unreachable", url)
    if not case.findings.answered("links"):
        case.findings.passed("links", N_("The picture is online."))
