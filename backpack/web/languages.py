"""French and English: which of the two a page speaks, and where the same page is in the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from flask import Flask, g, request, session, url_for
from flask_babel import Babel, get_locale
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from backpack.settings import Settings
from backpack.web.strangers import serves_strangers
from backpack.wiring import wired

LANGUAGES: Final[Mapping[str, str]] = {"fr": "Français", "en": "English"}


def init_app(app: Flask, settings: Settings) -> None:
    Babel(
        app,
        default_locale=settings.default_language,
        default_translation_directories=f"{app.root_path}/translations",
        default_timezone=settings.time_zone,
        locale_selector=chosen_language,
    )
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.before_request(keep_language)
    for one in (language, other_languages):
        app.add_template_global(one)


def chosen_language() -> str:
    """What the reader asked for: in the address, in this browser, in their account, in their browser's settings.

    A choice made in this browser comes before the account's: it is the later word of the same person.
    """
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if not serves_strangers():
        kept = session.get("lang")
        if kept in LANGUAGES:
            return str(kept)
        own = getattr(current_user, "language", None)
        if own in LANGUAGES:
            return str(own)
    return first_spoken(request.accept_languages.values()) or wired().settings.default_language


def first_spoken(wished: Iterable[str]) -> str | None:
    """The first language of ours among those wished for, best first: en-GB is English before fr;q=0.5 is French."""
    return next((code for code in (tag.lower().partition("-")[0] for tag in wished) if code in LANGUAGES), None)


def keep_language() -> None:
    """Remember for this browser a language asked for in the address; a stranger's page has no cookie to do so."""
    asked = request.args.get("lang", "")
    here = request.endpoint is not None and request.method == "GET" and not serves_strangers()
    if here and asked in LANGUAGES and session.get("lang") != asked:
        session["lang"] = asked


def language() -> str:
    """The language of this page: fr or en."""
    locale = get_locale()
    return locale.language if locale else wired().settings.default_language


def other_languages(*, absolute: bool = False) -> list[tuple[str, str, str]]:
    """(code, name, address of this same page) of the languages this page is not in."""
    return [(code, name, _same_page(code, absolute)) for code, name in LANGUAGES.items() if code != language()]


def _same_page(code: str, absolute: bool) -> str:
    start = wired().settings.public_url if absolute else ""
    if request.endpoint is None or request.method != "GET":
        return f"{start}{url_for('web.landing')}?lang={code}"
    # What is remembered for every reader leaves out what one reader's address carried.
    own = {} if g.get("own_query_left_out") else request.args
    query = [(name, value) for name, value in MultiDict(own).items(multi=True) if name != "lang"]
    return f"{start}/{quote(request.path.lstrip('/'))}?{urlencode([*query, ('lang', code)])}"
