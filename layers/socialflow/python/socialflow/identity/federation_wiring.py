"""Puts sign-in through providers together, once a process, out of what `wiring` builds.

Identity's API comes here, and what follows when a link goes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity import wiring
from socialflow.identity.settings import app_return_uris, oauth_clients_secret, public_origin
from socialflow.platform.aws import client
from socialflow.platform.clock import utc_now
from socialflow.platform.ids import id_factory

# Most of what a process is asked for has nothing to do with providers.
if TYPE_CHECKING:
    from socialflow.identity.federation.clients import Clients
    from socialflow.identity.federation.flows import Flows
    from socialflow.identity.federation.http import ProviderHttp
    from socialflow.identity.federation.linking import Linking
    from socialflow.identity.federation.protocol import Protocol
    from socialflow.identity.federation.repository import FederationRepository
    from socialflow.identity.federation.revoking import Revoking
    from socialflow.identity.federation.signing_in import ProviderSignIn
    from socialflow.identity.federation.signing_up import ProviderSignUp


@functools.cache
def repository() -> FederationRepository:
    from socialflow.identity.federation.repository import FederationRepository

    return FederationRepository(wiring.table())


@functools.cache
def http() -> ProviderHttp:
    from socialflow.identity.federation.http import ProviderHttp

    return ProviderHttp()


@functools.cache
def clients() -> Clients:
    from socialflow.identity.federation.clients import Clients

    return Clients(lambda: client("secretsmanager"), oauth_clients_secret(), clock=utc_now)


@functools.cache
def protocol() -> Protocol:
    from socialflow.identity.federation.id_tokens import IdTokens, PublishedKeys
    from socialflow.identity.federation.protocol import Protocol

    id_tokens = IdTokens(PublishedKeys(http(), clock=utc_now), clock=utc_now)
    return Protocol(http(), id_tokens, sealer=wiring.sealer(), clock=utc_now)


@functools.cache
def flows() -> Flows:
    from socialflow.identity.federation.flows import Flows, FlowSettings

    return Flows(
        repository(),
        clients=clients(),
        protocol=protocol(),
        sealer=wiring.sealer(),
        settings=FlowSettings(public_origin(), app_return_uris()),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def sign_in() -> ProviderSignIn:
    from socialflow.identity import factor_wiring
    from socialflow.identity.federation.signing_in import ProviderSignIn

    return ProviderSignIn(
        repository(),
        wiring.repository(),
        flows=flows(),
        protocol=protocol(),
        sessions=wiring.sessions(),
        second_factor=factor_wiring.second_factor(),
        sealer=wiring.sealer(),
        clock=utc_now,
    )


@functools.cache
def sign_up() -> ProviderSignUp:
    from socialflow.identity.federation.signing_up import ProviderSignUp

    return ProviderSignUp(
        repository(),
        wiring.repository(),
        sessions=wiring.sessions(),
        refresh=wiring.refresh_tokens(),
        sealer=wiring.sealer(),
        clock=utc_now,
    )


@functools.cache
def linking() -> Linking:
    from socialflow.identity.federation.linking import Linking
    from socialflow.identity.federation.notes import FederationNotes

    return Linking(
        repository(),
        wiring.repository(),
        sign_in=sign_in(),
        notes=FederationNotes(clock=utc_now, new_id=id_factory()),
        clock=utc_now,
    )


@functools.cache
def revoking() -> Revoking:
    from socialflow.identity.federation.revoking import Revoking

    return Revoking(
        repository(), clients=clients(), http=http(), sealer=wiring.sealer(), clock=utc_now
    )
