"""The blueprint, and who may open its pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.accounts.proving import needs_proof
from backpack.database import reading
from backpack.errors import NotFound
from backpack.staff.models import StaffMember
from backpack.staff.team import member_of

bp = Blueprint("staff", __name__, url_prefix="/gestion")
View = TypeVar("View", bound=Callable[..., Any])


def for_staff(role: str | None = None) -> Callable[[View], View]:
    """Mark a view for the team, or for who has this role there. Others find nothing. Acts want fresh proof.

    Put it directly below the route.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            with reading() as session:
                found = member_of(session, current_person().id)
            if found is None or (role is not None and role not in found.roles):
                raise NotFound
            g.member = found
            acting = needs_proof(view) if request.method == "POST" else view
            return cast(ResponseReturnValue, acting(*args, **kwargs))

        return cast(View, login_required(guarded))

    return mark


def member() -> StaffMember:
    """Who on the team asks."""
    return cast(StaffMember, g.member)


@bp.app_template_global()
def may(role: str) -> bool:
    """Whether who asks has this role in the team; only on the team's own pages."""
    return role in member().roles
