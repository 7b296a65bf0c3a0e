"""A university's own sign-in by OpenID Connect: the operator's list of providers, and what one of them says.

Authorization code with PKCE, state and nonce (OpenID Connect Core 3.1). Authlib keeps the three in this browser's
session until the one answer comes. A person is known by (issuer, subject), never by a mail address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import Flask, current_app, request
from joserfc.errors import JoseError

from backpack.accounts.addresses import NotAnAddress, read_address
from backpack.accounts.identities import Claims
from backpack.errors import N_, BackpackError, NotFound, NotNow
from backpack.outbound.configured import NotNamed, TooMuch, kept_to, origin_of
from backpack.settings import Settings, SettingsError
from backpack.web.languages import language

ALGORITHMS: Final = ("RS256", "ES256", "PS256", "RS384", "ES384", "PS384", "RS512", "ES512", "PS512", "EdDSA")
"""Signatures by a key of the provider's. `none`, and signatures by the secret we share, are no proof of who speaks."""
LEEWAY: Final = 60
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class ProviderRefused(BackpackError):
    """An answer that is not for this browser, not from that provider, used already, or not properly signed."""

    code = "provider-refused"
    sentence = N_("This sign-in could not be completed. Start again, or use another way in.")


class ProviderSilent(NotNow):
    code = "provider-silent"
    sentence = N_("%(provider)s does not answer at this moment. Try again in a minute, or use another way in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider as the operator wrote it down. `domains`: those of whose mailboxes its word is taken."""

    name: str
    label: Mapping[str, str]
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid email profile"
    domains: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()

    @property
    def origins(self) -> frozenset[str]:
        return frozenset({origin_of(self.issuer), *(origin_of(one) for one in self.hosts)})

    def label_in(self, language: str) -> str:
        return self.label.get(language) or next(iter(self.label.values()))


class ProviderApp(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client of one provider, kept to the hosts that the operator named."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(
            FlaskIntegration(provider.name),
            name=provider.name,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": provider.scope, "code_challenge_method": "S256"},
        )

    def _get_session(self) -> Any:
        session = super()._get_session()
        kept_to(session, self.provider.origins)
        return session

    def _get_oauth_client(self, **_metadata: Any) -> Any:
        session = super()._get_oauth_client()  # what the provider says of itself must not choose our options
        kept_to(session, self.provider.origins)
        return session

    def load_server_metadata(self) -> Any:
        metadata = super().load_server_metadata()
        if metadata.get("issuer") != self.provider.issuer:  # OpenID Connect Discovery 4.3
            raise OAuthError("another issuer")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]
        return metadata

    def where_to_ask(self, back: str, **options: Any) -> tuple[str, str]:
        """The provider's page to send this browser to, and the state its answer will name.

        Raises ProviderSilent, ProviderRefused.
        """
        try:
            made = self.create_authorization_url(back, **options)
        except requests.RequestException as error:
            raise self._problem(error) from error
        except (OAuthError, RuntimeError, ValueError) as error:
            raise ProviderRefused from error
        self.save_authorize_data(redirect_uri=back, **made)
        return made["url"], made["state"]

    def answered(self) -> Claims:
        """Who the provider says is at this browser, once. Raises ProviderRefused, ProviderSilent."""
        speaker = request.args.get("iss")
        if speaker is not None and speaker != self.provider.issuer:  # RFC 9207
            raise ProviderRefused
        options = {
            "iss": {"essential": True, "values": [self.provider.issuer]},
            "aud": {"essential": True, "values": [self.provider.client_id]},
            "sub": {"essential": True},
        }
        try:
            token = self.authorize_access_token(claims_options=options, leeway=LEEWAY)
            said: dict[str, Any] = dict(token["userinfo"])
            if "email" not in said and self.server_metadata.get("userinfo_endpoint"):
                said |= self._more_of(said["sub"], token)
            return self._claims(said)
        except requests.RequestException as error:
            raise self._problem(error) from error
        except (OAuthError, JoseError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise ProviderRefused from error

    def _problem(self, error: requests.RequestException) -> BackpackError:
        """What to say of a request that failed: some fail by the operator's list, and waiting would not help."""
        if isinstance(error, (NotNamed, TooMuch)):
            return ProviderRefused()
        return ProviderSilent(provider=self.provider.label_in(language()))

    def _more_of(self, subject: str, token: Mapping[str, Any]) -> dict[str, Any]:
        """What the provider says elsewhere of the same person (OpenID Connect Core 5.3.2: the same `sub`)."""
        more = self.userinfo(token=token)
        if more.get("sub") != subject:
            raise ProviderRefused
        return {name: more[name] for name in ("email", "email_verified", "name") if name in more}

    def _claims(self, said: Mapping[str, Any]) -> Claims:
        address, vouched = None, False
        try:
            address = read_address(str(said.get("email") or ""))
            domain = address.folded.rpartition("@")[2]
            vouched = said.get("email_verified") is True and domain in self.provider.domains
        except NotAnAddress:
            pass
        return Claims(
            provider=self.provider.name,
            issuer=str(said["iss"]),
            subject=_subject(said["sub"]),
            name=str(said.get("name") or "").strip()[:200],
            address=address.spelling if address else "",
            vouched=vouched,
            proved_at=_instant(said.get("auth_time")),
        )


def _subject(said: Any) -> str:
    if not isinstance(said, str) or not 0 < len(said) <= 255 or "\0" in said:  # OpenID Connect Core 2, `sub`
        raise ValueError("not a subject")
    return said


def _instant(said: Any) -> datetime | None:
    """Seconds since 1970 (OpenID Connect Core 2, `auth_time`); None for what is no moment."""
    try:
        return datetime.fromtimestamp(said, UTC) if isinstance(said, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


def init_app(app: Flask, settings: Settings) -> None:
    """Read the operator's list. Raises SettingsError."""
    clients = {one.name: ProviderApp(one) for one in providers_of(settings)}
    app.extensions["oidc"] = clients
    app.add_template_global(providers)


def providers() -> list[Provider]:
    """In the operator's order."""
    return [client.provider for client in current_app.extensions["oidc"].values()]


def provider_named(name: str) -> ProviderApp:
    """Raises NotFound."""
    client: ProviderApp | None = current_app.extensions["oidc"].get(name)
    if client is None:
        raise NotFound
    return client


def providers_of(settings: Settings) -> list[Provider]:
    """What OIDC_PROVIDERS says. Raises SettingsError with one line."""
    if not settings.oidc_providers:
        return []
    path = Path(settings.oidc_providers)
    try:
        read = json.loads(path.read_text("utf-8"))
        found = [_provider(one, path.parent) for one in read]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingsError(f"OIDC_PROVIDERS: {path} cannot be used ({type(error).__name__}: {error}).") from error
    if len({one.name for one in found}) != len(found):
        raise SettingsError(f"OIDC_PROVIDERS: {path} names a provider twice.")
    return found


def _provider(said: Mapping[str, Any], folder: Path) -> Provider:
    label = said["label"] if isinstance(said["label"], dict) else {"fr": said["label"]}
    secret = said.get("client_secret") or (folder / said["client_secret_file"]).read_text("utf-8").strip()
    made = Provider(
        name=said["name"],
        label=label,
        issuer=said["issuer"],
        client_id=said["client_id"],
        client_secret=secret,
        scope=said.get("scope", "openid email profile"),
        domains=frozenset(one.lower() for one in said.get("domains", ())),
        hosts=tuple(said.get("hosts", ())),
    )
    if not NAME.fullmatch(made.name):
        raise ValueError(f"{made.name!r} is no name: small letters, digits and hyphens")
    if not all(origin.startswith(("https://", "http://")) for origin in made.origins):
        raise ValueError(f"{made.name}: issuer and hosts begin with https://")
    return made
