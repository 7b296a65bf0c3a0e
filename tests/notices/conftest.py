"""The same application, issuer and holder as for badges."""

from tests.badges.conftest import app, holder, issuer

__all__ = ["app", "holder", "issuer"]
