"""What every page needs: security headers, languages, error pages, template filters, rate limits."""

from __future__ import annotations

from flask import Flask

from backpack.settings import Settings
from backpack.web import (
    compressing,
    errors,
    headers,
    incoming,
    languages,
    limits,
    logs,
    navigation,
    report_lines,
    static,
    verdicts,
    wording,
)
from backpack.web.views import bp


def init_app(app: Flask) -> None:
    """Give the application what every page needs. The settings are already wired."""
    settings: Settings = app.extensions["backpack"].settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (logs, incoming, limits, headers, languages, compressing):
        part.init_app(app, settings)
    errors.init_app(app)
    wording.init_app(app)
    navigation.init_app(app)
    for function in (
        static.static_url,
        verdicts.headline,
        verdicts.may_change_at,
        verdicts.families,
        verdicts.how_known,
        report_lines.report_lines,
        report_lines.tally,
    ):
        app.add_template_global(function)
    app.jinja_env.globals["is_demo"] = settings.demo
    app.register_blueprint(bp)
