"""What a profile that is open to everybody gives along: the picture that networks show for it, and a card for address
books."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.badges.naming import is_web_address
from backpack.database import db, reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.publishing.cards import MOST_PICTURES, Card, card_png
from backpack.publishing.glimpses import profile_at
from backpack.publishing.models import Profile
from backpack.publishing.profile_sheets import ProfileSheet, profile_sheet
from backpack.publishing.vcards import MEDIA_TYPE, vcard
from backpack.publishing.views.blueprint import address_of_profile, bp, judged
from backpack.publishing.views.opening import tags_of
from backpack.rendering import CannotRender
from backpack.web.languages import language
from backpack.web.strangers import for_strangers
from backpack.wiring import wired


@bp.get("/u/<name>/card.png")
@for_strangers
def profile_card(name: str) -> ResponseReturnValue:
    """The picture that networks show for a profile. Not found as soon as the profile is closed."""
    sheet = _open_profile(name)
    drawn = [one.badge.picture for one in sheet.all_badges if one.badge.picture][:MOST_PICTURES]
    try:
        picture = card_png(card_of_profile(sheet), [wired().storage.read(key) for key in drawn])
    except CannotRender as error:
        raise NotFound from error
    return Response(picture, mimetype="image/png")


@bp.get("/u/<name>/card.vcf")
@for_strangers
def profile_vcard(name: str) -> ResponseReturnValue:
    """The same for address books. A profile that shows no name has none."""
    sheet = _open_profile(name)
    if not sheet.holder:
        raise NotFound
    profile = sheet.profile
    data = vcard(
        sheet.holder,
        address_of_profile(profile),
        headline=profile.headline,
        words=profile.words,
        website=profile.website if is_web_address(profile.website) else "",
        skills=[line.name_in(language()) for line in sheet.skills.lines],
    )
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition(f"{sheet.holder}.vcf")
    return response


def _open_profile(name: str) -> ProfileSheet:
    """What a profile shows that is open at this address. Raises NotFound: never there and closed look alike."""
    now = utcnow()
    with db.engine.execution_options(reading=True).connect() as connection:
        seen = profile_at(connection, name)
    with reading() as session:
        found = session.get_one(Profile, seen.id)
        return profile_sheet(
            session, found, found.name_shown, lambda session, badges: judged(session, badges, now), now
        )


def card_of_profile(sheet: ProfileSheet) -> Card:
    """The words of that picture: what its owner says of themselves, never how a badge stands."""
    return Card(
        above="",
        title=(sheet.holder or _("Public profile"))[:140],
        below=sheet.profile.headline,
        note=_("Status checked when the page opens") if sheet.all_badges else "",
        site=wired().settings.host,
        language=language(),
    )


def profile_tags(sheet: ProfileSheet) -> dict[str, object]:
    """What networks read of this profile."""
    return tags_of(
        card_of_profile(sheet),
        url=address_of_profile(sheet.profile),
        picture=url_for("publishing.profile_card", name=sheet.profile.name),
        description=sheet.profile.headline or _("Badges, judged when the page opens."),
        kind="profile",
    )
