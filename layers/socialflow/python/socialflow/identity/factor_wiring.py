"""Puts second factors and passkeys together, once a process, out of what `wiring` builds."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from socialflow.identity import wiring
from socialflow.platform.clock import utc_now
from socialflow.platform.ids import id_factory
from socialflow.platform.settings import setting

# Imported where they are built: whoever signs in with a password alone needs none of them.
if TYPE_CHECKING:
    from socialflow.identity.factors.authenticator_app import AuthenticatorApp
    from socialflow.identity.factors.ceremonies import RelyingParty
    from socialflow.identity.factors.challenges import PasskeyChallenges
    from socialflow.identity.factors.codes import Codes
    from socialflow.identity.factors.notes import FactorNotes
    from socialflow.identity.factors.overview import SecurityOverview
    from socialflow.identity.factors.passkey_proofs import PasskeyProofs, PasskeySignIn
    from socialflow.identity.factors.passkeys import Passkeys
    from socialflow.identity.factors.repository import FactorRepository
    from socialflow.identity.factors.second_factor import SecondFactor
    from socialflow.identity.factors.step_up import StepUp
    from socialflow.identity.factors.tries import Tries


@functools.cache
def factors() -> FactorRepository:
    from socialflow.identity.factors.repository import FactorRepository

    return FactorRepository(wiring.table(), new_id=id_factory())


@functools.cache
def notes() -> FactorNotes:
    from socialflow.identity.factors.notes import FactorNotes

    return FactorNotes(clock=utc_now, new_id=id_factory())


@functools.cache
def codes() -> Codes:
    from socialflow.identity.factors.codes import Codes

    return Codes(wiring.sealer(), clock=utc_now)


@functools.cache
def second_factor() -> SecondFactor:
    from socialflow.identity.factors.second_factor import SecondFactor

    return SecondFactor(
        factors(),
        sealer=wiring.sealer(),
        codes=codes(),
        sessions=wiring.sessions(),
        tries=_tries(),
        notes=notes(),
        clock=utc_now,
        new_id=id_factory(),
    )


@functools.cache
def authenticator_app() -> AuthenticatorApp:
    from socialflow.identity.factors.authenticator_app import AuthenticatorApp

    return AuthenticatorApp(
        wiring.repository(), factors(), sealer=wiring.sealer(), notes=notes(), clock=utc_now
    )


@functools.cache
def security_overview() -> SecurityOverview:
    from socialflow.identity.factors.overview import SecurityOverview

    return SecurityOverview(factors())


@functools.cache
def step_up() -> StepUp:
    from socialflow.identity.factors.step_up import StepUp
    from socialflow.identity.passwords.hashing import Passwords

    return StepUp(
        wiring.repository(),
        factors(),
        sessions=wiring.sessions(),
        passwords=Passwords(),
        codes=codes(),
        tries=_tries(),
        notes=notes(),
    )


@functools.cache
def passkeys() -> Passkeys:
    """Raises `PasskeysUnavailable` on a stage without an address of its own."""
    from socialflow.identity.factors.passkeys import Passkeys

    return Passkeys(
        wiring.repository(),
        factors(),
        party=relying_party(),
        challenges=_challenges(),
        notes=notes(),
        clock=utc_now,
    )


@functools.cache
def passkey_proofs() -> PasskeyProofs:
    """Raises `PasskeysUnavailable` on a stage without an address of its own."""
    from socialflow.identity.factors.passkey_proofs import PasskeyProofs

    return PasskeyProofs(
        factors(),
        party=relying_party(),
        challenges=_challenges(),
        notes=notes(),
        clock=utc_now,
    )


@functools.cache
def passkey_sign_in() -> PasskeySignIn:
    """Raises `PasskeysUnavailable` on a stage without an address of its own."""
    from socialflow.identity.factors.passkey_proofs import PasskeySignIn

    return PasskeySignIn(passkey_proofs(), sessions=wiring.sessions())


@functools.cache
def relying_party() -> RelyingParty:
    """The stage's own address, whose host passkeys are made for."""
    from socialflow.identity.factors.ceremonies import RelyingParty
    from socialflow.identity.factors.errors import PasskeysUnavailable

    origin = setting("SF_PUBLIC_ORIGIN", "")
    if not origin:
        raise PasskeysUnavailable
    return RelyingParty.of_origin(origin)


@functools.cache
def _challenges() -> PasskeyChallenges:
    from socialflow.identity.factors.challenges import PasskeyChallenges

    return PasskeyChallenges(wiring.sealer(), clock=utc_now, new_id=id_factory())


@functools.cache
def _tries() -> Tries:
    from socialflow.identity.factors.tries import Tries

    return Tries(wiring.rate_limiter(), wiring.devices())
