"""The data map: what is held, why, on which ground and for how long. The privacy page and docs/data-map.md say it.

Each table of `ledger.py` names one of these lines. `most` in a sentence is filled with the operator's own number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backpack.errors import N_

CONTRACT: Final = N_("To give you the service you signed up for")
SAFETY: Final = N_("To keep accounts safe (legitimate interest)")
DUTY: Final = N_("Because the law asks for it")
TRUST: Final = N_("To let readers rely on what a page says (legitimate interest)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One line of the data map, in words for the person it is about."""

    key: str
    what: str
    why: str
    basis: str
    until: str


PURPOSES: Final = (
    Purpose(
        key="account",
        what=N_("Your name, your language, a fingerprint of your password, the days of your sign-up and last sign-in"),
        why=N_("To know who you are when you come back, and to write to you in your language."),
        basis=CONTRACT,
        until=N_("Until you delete your account."),
    ),
    Purpose(
        key="addresses",
        what=N_("Your mail addresses, and when you confirmed each"),
        why=N_("A badge is yours when it names one of them; and messages must reach you."),
        basis=CONTRACT,
        until=N_("Until you remove the address or delete your account. Without confirmation: 7 days."),
    ),
    Purpose(
        key="signing-in",
        what=N_(
            "How you sign in (passkeys, recovery codes, your university’s sign-in), where you are signed in, "
            "fingerprints of the networks you signed in from, links in our messages, and counts of failed tries"
        ),
        why=N_("To keep you signed in, and others out."),
        basis=SAFETY,
        until=N_(
            "Sessions: 12 hours unused, 30 days at most. Networks: 90 days after your last sign-in from there. Links: "
            "1 hour to 7 days. Failed tries: 1 day."
        ),
    ),
    Purpose(
        key="trail",
        what=N_("The journal of your account: what was done to it, and when"),
        why=N_("So that you can see whether somebody else was at it. Only you read it."),
        basis=SAFETY,
        until=N_("Until you delete your account."),
    ),
    Purpose(
        key="badges",
        what=N_("Your badges with their original files, and what you say of them"),
        why=N_("That is what a backpack is for."),
        basis=CONTRACT,
        until=N_("Until you remove the badge or delete your account."),
    ),
    Purpose(
        key="arrivals",
        what=N_("Badges for an address that you have not confirmed yet"),
        why=N_("So that they can enter when you do."),
        basis=CONTRACT,
        until=N_("30 days."),
    ),
    Purpose(
        key="imports",
        what=N_("The report of each import: names of files, and what became of them"),
        why=N_("So that you can read it again, and so that an interrupted import can go on."),
        basis=CONTRACT,
        until=N_("31 days."),
    ),
    Purpose(
        key="history",
        what=N_("What each check of a badge found, and when"),
        why=N_("So that a page can say when a badge was last confirmed, also when its issuer is silent."),
        basis=TRUST,
        until=N_("As long as the badge."),
    ),
    Purpose(
        key="answers",
        what=N_("What issuers’ servers answered about badges"),
        why=N_("To judge badges without asking the issuer at each reading; it does not learn who reads."),
        basis=TRUST,
        until=N_("The last answer: as long as a badge rests on it. All others: a month."),
    ),
    Purpose(
        key="works",
        what=N_("Your works: files, links and texts, and the badges they stand behind"),
        why=N_("To show what you did."),
        basis=CONTRACT,
        until=N_("Until you remove them or delete your account."),
    ),
    Purpose(
        key="endorsements",
        what=N_("What people you invited say of a badge or a work, with their name and role, and your invitations"),
        why=N_("So that you can show it beside the badge. Their address is forgotten once they have confirmed."),
        basis=CONTRACT,
        until=N_("Until you delete it, remove the badge or the work, or delete your account."),
    ),
    Purpose(
        key="collections",
        what=N_("Your collections"),
        why=N_("To show badges together, in your order and with your words."),
        basis=CONTRACT,
        until=N_("Until you remove them or delete your account."),
    ),
    Purpose(
        key="cvs",
        what=N_("Your CVs, with what you typed into them"),
        why=N_("To print them, and to let their readers check the badges on them."),
        basis=CONTRACT,
        until=N_("Until you remove them or delete your account."),
    ),
    Purpose(
        key="links",
        what=N_("Your share links, what each shows, and how often it was opened on each day"),
        why=N_("To open what you share, and only that. Nothing about who opened it is kept."),
        basis=CONTRACT,
        until=N_("Until you delete your account, so that a closed link stays closed."),
    ),
    Purpose(
        key="notices",
        what=N_("What we told you about your badges, and what you want no letters about"),
        why=N_("To tell you once when a badge is taken back, ends or cannot be confirmed."),
        basis=CONTRACT,
        until=N_("As long as the badge, or until you delete your account."),
    ),
    Purpose(
        key="profile",
        what=N_("Your public profile, if you made one"),
        why=N_("To give what you make public one address."),
        basis=CONTRACT,
        until=N_("Until you delete your account. Its address is given to nobody else afterwards."),
    ),
    Purpose(
        key="reports",
        what=N_("What readers report about a public page; nothing about who reported it"),
        why=N_("So that whoever runs the site can look at it."),
        basis=SAFETY,
        until=N_("As long as the page’s link."),
    ),
    Purpose(
        key="checks",
        what=N_("A badge that anybody has checked on the public page"),
        why=N_("To show the answer."),
        basis=CONTRACT,
        until=N_("10 minutes."),
    ),
    Purpose(
        key="work",
        what=N_("Work in the background: letters to be sent, badges to be checked"),
        why=N_("So that nothing you asked for gets lost."),
        basis=CONTRACT,
        until=N_("1 day once it is done, then it goes. What failed for good stays for whoever runs the site."),
    ),
    Purpose(
        key="leaving",
        what=N_("The ZIP of all your data, once you ask for it, and one that you bring back"),
        why=N_("So that you can fetch it; and so that an interrupted return can go on."),
        basis=DUTY,
        until=N_("The ZIP you asked for: 7 days. One you bring back: 30 days."),
    ),
    Purpose(
        key="frameworks",
        what=N_("Lists of skills that the operator imported: nothing about anybody"),
        why=N_("To show which skills your badges stand for."),
        basis=CONTRACT,
        until=N_("Until the operator removes the list."),
    ),
    Purpose(
        key="unused",
        what=N_("When we warned you that an unused account will go"),
        why=N_("So that nobody loses an account without two warnings."),
        basis=DUTY,
        until=N_("Until you sign in again. An account that is not used for 24 months is deleted after two warnings."),
    ),
    Purpose(
        key="team",
        what=N_("Who helps to run this site, what they did, and the issuers they know"),
        why=N_("So that who decides about others can be held to it."),
        basis=TRUST,
        until=N_("The log: as long as the site. A member’s name: until they leave the team."),
    ),
    Purpose(
        key="deletion",
        what=N_("That an account was deleted: a fingerprint under our key, and two dates; no name, no address"),
        why=N_("So that a backup that is put back is cleared of you again."),
        basis=DUTY,
        until=N_("A little longer than the oldest backup."),
    ),
)

BY_KEY: Final = {one.key: one for one in PURPOSES}
