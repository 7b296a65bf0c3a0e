"""The portfolio in the ZIP: one page of HTML beside its pictures and files. It asks no network for anything."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from flask import render_template
from flask_babel import force_locale

from backpack.evidence.queries import file_of
from backpack.evidence.writing import page_text
from backpack.leaving.contents import Contents
from backpack.settings import Settings
from backpack.web.verdicts import headline


def portfolio(contents: Contents, settings: Settings, paths: Mapping[str, str], pictures: Mapping[int, str]) -> str:
    """The page, in its owner's language. `paths`: where in the ZIP the file of each storage key is."""
    with force_locale(contents.person.language):
        return render_template(
            "leaving/portfolio.html",
            contents=contents,
            headlines={badge.id: headline(contents.reports[badge.id]) for badge in contents.badges},
            by_id={badge.id: badge for badge in contents.badges},
            titles={row["id"]: row["title"] for row in contents.rows["artefact"]},
            pictures={number: quote(path) for number, path in pictures.items()},
            paths={key: quote(path) for key, path in paths.items()},
            file_of=file_of,
            page_text=page_text,
            site=settings.public_url,
        )


def readme(contents: Contents, settings: Settings) -> str:
    """What is in the ZIP, in both languages."""
    parts = []
    for language in ("fr", "en"):
        with force_locale(language):
            parts.append(render_template("leaving/readme.txt", contents=contents, site=settings.public_url).strip())
    return "\n\n---\n\n".join(parts) + "\n"
