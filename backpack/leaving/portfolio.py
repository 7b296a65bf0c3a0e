"""The portfolio in the ZIP: one page of HTML beside its pictures and files. It asks no network for anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
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
            said=_said(contents),
            alone=_alone(contents),
            titles={row["id"]: row["title"] for row in contents.rows["artefact"]},
            pictures={number: quote(path) for number, path in pictures.items()},
            paths={key: quote(path) for key, path in paths.items()},
            file_of=file_of,
            page_text=page_text,
            site=settings.public_url,
        )


def _said(contents: Contents) -> Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]:
    """What others confirmed, by what it is about: a badge or a work, and its number."""
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in contents.rows["endorsement"]:
        if row["confirmed_at"]:
            about = ("badge", row["badge_id"]) if row["badge_id"] else ("work", row["artefact_id"])
            found.setdefault(about, []).append(row)
    return found


def _alone(contents: Contents) -> Sequence[Mapping[str, Any]]:
    """The works that stand behind no badge, each with the key of its newest file."""
    behind = {one.artefact_id for some in contents.evidence.values() for one in some}
    files = {row["artefact_id"]: row["storage_key"] for row in contents.rows["artefact_file"]}
    works = (row for row in contents.rows["artefact"] if row["id"] not in behind)
    return [{**row, "file": files.get(row["id"])} for row in works]


def readme(contents: Contents, settings: Settings) -> str:
    """What is in the ZIP, in both languages."""
    parts = []
    for language in ("fr", "en"):
        with force_locale(language):
            parts.append(render_template("leaving/readme.txt", contents=contents, site=settings.public_url).strip())
    return "\n\n---\n\n".join(parts) + "\n"
