"""From an error to an answer: the one place that knows which HTTP status belongs to which error.

Every answer is one plain sentence that says what to do next, in the reader's language; JSON for who asks for JSON.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, SecurityError

from backpack.errors import N_, BackpackError, Gone, NotFound, NotNow, TooLarge, TooMany
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.errors import TooLarge as BadgeTooLarge
from backpack.web.incoming import NotOurs
from backpack.web.logs import log_failure
from backpack.web.wording import sentence

STATUS: Final[Mapping[type[Exception], int]] = {
    NotFound: 404,
    Gone: 410,
    TooLarge: 413,
    BadgeTooLarge: 413,
    TooMany: 429,
    NotOurs: 403,
    NotNow: 503,
}
UNPROCESSABLE: Final = 422

TITLES: Final[Mapping[int, str]] = {
    400: N_("This could not be read"),
    403: N_("Not allowed"),
    404: N_("Nothing here"),
    405: N_("Not this way"),
    410: N_("This link is closed"),
    413: N_("Too large"),
    422: N_("That did not work"),
    429: N_("Too many tries"),
    500: N_("Our fault"),
    503: N_("Back in a moment"),
    507: N_("No room left"),
}
SENTENCES: Final[Mapping[int, str]] = {
    400: N_("Your browser sent something that we could not read. Go back, load the page again and retry."),
    403: N_("You may not open this page. Sign in with the account that it belongs to."),
    404: NotFound.sentence,
    405: N_("This address does not answer to that. Start again from the first page."),
    410: Gone.sentence,
    413: TooLarge.sentence,
    422: BackpackError.sentence,
    429: N_("That was too often in a short time. Wait a few minutes, then try again."),
    500: N_(
        "Something broke on our side. Nothing was changed. Try again; if it happens again, tell us this number: %(id)s."
    ),
    503: N_("We cannot answer right now. Nothing was lost. Try again in a minute."),
    507: N_("There is no room left for new files on this site. What is here is safe; try again later."),
}
CSRF_SENTENCE: Final = N_("This page was open for too long, so nothing was changed. Load it again, then send it again.")
LAST_RESORT: Final = "Erreur de notre part. Réessayez plus tard. – Our fault. Try again later.\n"


def init_app(app: Flask) -> None:
    app.register_error_handler(BackpackError, told)
    app.register_error_handler(OpenBadgesError, told)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(exc.OperationalError, out_of_reach)
    app.register_error_handler(exc.TimeoutError, out_of_reach)
    app.register_error_handler(OSError, no_room)
    app.register_error_handler(Exception, broken)


def status_of(error: Exception) -> int:
    """The HTTP status of an error that a person can act on."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), UNPROCESSABLE)


def told(error: BackpackError | OpenBadgesError) -> ResponseReturnValue:
    return answer(status_of(error), error.code, sentence(error))


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    return answer(400, "stale-form", sentence(CSRF_SENTENCE))


def refused(error: HTTPException) -> ResponseReturnValue:
    """What Flask and its extensions refuse. Redirects and answers made elsewhere pass as they are."""
    if error.code is None or error.code < 400 or error.response is not None:
        return error
    response = answer(error.code, f"http-{error.code}", _plain(error.code))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def foreign_host(_error: SecurityError) -> ResponseReturnValue:
    """Asked under a name that is not ours (TRUSTED_HOSTS). No page: its links would have to be built from that name."""
    return Response(f"{sentence(SENTENCES[404])}\n", 400, mimetype="text/plain")


def out_of_reach(error: Exception) -> ResponseReturnValue:
    """The database does not answer."""
    log_failure(error)
    response = answer(503, "unavailable", _plain(503))
    response.headers["Retry-After"] = "60"
    return response


def no_room(error: OSError) -> ResponseReturnValue:
    """The disk is full; any other fault of the system is ours."""
    if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
        return broken(error)
    log_failure(error)
    return answer(507, "no-room", _plain(507))


def broken(error: Exception) -> ResponseReturnValue:
    """A defect of ours: into the log with all we know, to the reader with a number."""
    log_failure(error)
    try:
        return answer(500, "broken", _plain(500))
    except Exception as second:  # the page that says so is broken too
        log_failure(second)
        return Response(LAST_RESORT, 500, mimetype="text/plain")


def _plain(status: int) -> str:
    text = sentence(SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500]))
    return text % {"id": g.get("request_id", "–")} if "%(id)s" in text else text


def answer(status: int, code: str, words: str) -> Response:
    """An error page, or its JSON."""
    if wants_json():
        response = jsonify(error=code, message=words)
    else:
        title = sentence(TITLES.get(status, TITLES[400] if status < 500 else TITLES[500]))
        response = make_response(render_template("errors/error.html", title=title, words=words, status=status))
    response.status_code = status
    return response


def wants_json() -> bool:
    """Whether JSON was asked for rather than a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
