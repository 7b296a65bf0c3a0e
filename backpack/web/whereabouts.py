"""Where students got their badges, and where to click to have them: for the help page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backpack.errors import N_


@dataclass(frozen=True, slots=True)
class Place:
    """A place that badges come from: its name, how its badges look when they arrive, and where to click."""

    key: str
    name: str
    about: str
    steps: tuple[str, ...]


PLACES: Final = (
    Place(
        "courriel",
        N_("In a mail from the organisation"),
        N_("Most badges begin with a message: “You have received a badge”."),
        (
            N_("Search your mailbox, and its spam folder, for “badge”."),
            N_("If a picture or a file is attached, save and import it. Do not take a screenshot: it loses the badge."),
            N_("If there is a button or a link instead, open it and look for “Download”, “PNG” or “Open Badge”."),
            N_(
                "You may also save the whole message (often “Download message” or “Save as .eml”) and import that file."
            ),
        ),
    ),
    Place(
        "obf",
        N_("Open Badge Factory"),
        N_("The workshop many universities issue badges with. You have no account there: you have its message."),
        (
            N_("Open the link of the message."),
            N_("On the badge’s page, copy the address of the page and paste it on the import page here."),
            N_("Or choose “Download”, and import the picture or the PDF."),
        ),
    ),
    Place(
        "passport",
        N_("Open Badge Passport"),
        N_("A backpack at openbadgepassport.com, where badges of Open Badge Factory are often received."),
        (
            N_("Sign in, then open “Badges”, then “My badges”."),
            N_("Open a badge, then “Download”: the picture holds the badge."),
            N_("Do so for each badge, then import all the pictures here in one go."),
        ),
    ),
    Place(
        "moodle",
        N_("Moodle"),
        N_("Badges of a course, or of your whole university."),
        (
            N_("Open the menu at your picture, then “Profile”, then “Badges”; or “Preferences”, “Manage badges”."),
            N_("Each badge has an arrow or “Download”; “Download all” gives one ZIP. Import it as it is."),
            N_("A badge that is missing may belong to another address: see which one Moodle has in your profile."),
        ),
    ),
    Place(
        "canvas",
        N_("Canvas Credentials, Badgr or Parchment"),
        N_("Three names of one house: badgr.com, badgr.io, badges.parchment.com."),
        (
            N_("Sign in, then open “Backpack”, then the badge."),
            N_("Open the menu with three dots, then “Download”, or “View JSON” and save the page."),
            N_("Or choose “Share”, copy the link, and paste it on the import page here."),
            N_("If the badge is private there, make it public first; you may take that back afterwards."),
        ),
    ),
    Place(
        "credly",
        N_("Credly"),
        N_("Badges of companies and of some schools, at credly.com."),
        (
            N_("Open the badge, then “Share”, then “Public link”."),
            N_("Paste that address on the import page here: we find the badge behind it."),
            N_("Or choose “Download” there, and import the picture."),
        ),
    ),
    Place(
        "mozilla",
        N_("Mozilla Backpack"),
        N_("It closed in 2019, and its badges moved to Badgr for those who agreed."),
        (
            N_("Look for files with the ending .png that you downloaded then: the badge may still be in them."),
            N_("Try to sign in at badgr.com with the address you had: your badges may have moved there."),
            N_("A list that you saved as JSON can be imported as it is."),
        ),
    ),
    Place(
        "edubadges",
        N_("edubadges, FUN MOOC and other platforms"),
        N_("Universities and course platforms that show your badges in your account."),
        (
            N_("Open your account there, then “Badges”, “Certificates” or “Backpack”."),
            N_("Look for “Download”, “Share” or “Open Badge”, and import the picture, the file, or the link."),
        ),
    ),
    Place(
        "portefeuille",
        N_("A wallet on your telephone"),
        N_("LearnCard, Learner Credential Wallet and others."),
        (
            N_("Open the badge, then its menu, then “Export” or “Share as JSON”."),
            N_("Send the file to yourself, and import it here."),
        ),
    ),
    Place(
        "backpack",
        N_("Another Backpack"),
        N_("A site like this one, of another university."),
        (
            N_("There: “Account”, then “Take everything out”, then download the ZIP."),
            N_("Here: “Account”, then “Bring back an export”. Everything comes along, not only the badges."),
        ),
    ),
    Place(
        "papier",
        N_("Only a paper, a screenshot or a link that is dead"),
        N_("There is no badge in it, but there may still be one."),
        (
            N_("Ask the organisation that issued it to send the message again, or the file. It has a list."),
            N_("If its site is closed, import the file you have: we say honestly that nobody can confirm it any more."),
            N_("A certificate without a badge can stand behind another badge as a work of yours."),
        ),
    ),
)
