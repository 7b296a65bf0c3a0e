"""What every page needs: security headers, languages, error pages, template filters, rate limits."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from backpack.settings import Settings
from backpack.web import headers, languages, navigation, report_lines, static, verdicts, wording
from backpack.web.views import bp


def init_app(app: Flask) -> None:
    """Give the application what every page needs. The settings are already wired."""
    settings: Settings = app.extensions["backpack"].settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    headers.init_app(app, settings)
    languages.init_app(app, settings)
    wording.init_app(app)
    navigation.init_app(app)
    for part in (
        static.static_url,
        verdicts.headline,
        verdicts.families,
        verdicts.how_known,
        report_lines.report_lines,
        report_lines.tally,
    ):
        app.add_template_global(part)
    app.jinja_env.globals["is_demo"] = settings.demo
    app.register_blueprint(bp)
