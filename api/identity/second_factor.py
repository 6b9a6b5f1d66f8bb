"""The second step of a sign-in, step-up, and one's authenticator app."""

from api.identity.acting import Acting
from api.identity.factor_limits import CODE_LIMIT, FACTOR_CHANGES_LIMIT, STEP_UP_LIMIT
from api.identity.schemas import Tokens
from api.identity.second_factor_schemas import (
    CodeBody,
    NewRecoveryCodes,
    NewTotpBody,
    SecondFactorBody,
    SecurityBody,
)
from api.identity.step_up_schemas import StepUpBody
from api.identity.transport import Transport
from api.routing import context_router
from api.security import ANYONE, RECENTLY, Caller
from socialflow.identity import factor_wiring

router = context_router("identity")


@router.post("/v1/auth/login/second-factor", dependencies=[ANYONE, CODE_LIMIT])
async def sign_in_with_code(body: SecondFactorBody, transport: Transport) -> Tokens:
    """Finishes a sign-in that asked for a code.

    A challenge is good for ten minutes and five tries, each code once.
    """
    signed_in = factor_wiring.second_factor().sign_in(
        body.challenge, body.code, device=transport.device()
    )
    return transport.tokens(signed_in)


@router.post("/v1/auth/step-up", status_code=204, dependencies=[STEP_UP_LIMIT])
async def step_up(caller: Caller, actor: Acting, body: StepUpBody) -> None:
    """Proves that the caller is there, for the ten minutes that sensitive acts ask for.

    With an authenticator app set up, its code or a recovery code is needed; else the password. A
    passkey always is enough; its challenge is one of `POST /v1/auth/passkeys/options`.
    """
    ways = factor_wiring.step_up()
    if body.password is not None:
        ways.by_password(caller, body.password)
    elif body.code is not None:
        ways.by_code(caller, body.code, actor=actor)
    elif body.challenge_token is not None and body.credential is not None:
        ways.by_passkey(
            caller,
            factor_wiring.passkey_proofs(),
            body.challenge_token,
            body.credential.model_dump(exclude_none=True),
            actor=actor,
        )


@router.get("/v1/me/security")
async def show_security(caller: Caller) -> SecurityBody:
    """How the caller's account can be entered."""
    return SecurityBody.of(factor_wiring.security_overview().of(caller))


@router.post("/v1/me/totp", dependencies=[RECENTLY, FACTOR_CHANGES_LIMIT])
async def begin_totp(caller: Caller) -> NewTotpBody:
    """A secret for an authenticator app. Nothing changes until a code of it is confirmed.

    Asked for again, the secret is another one and the former is worthless.
    """
    return NewTotpBody.of(factor_wiring.authenticator_app().begin(caller))


@router.post("/v1/me/totp/confirm", dependencies=[FACTOR_CHANGES_LIMIT])
async def confirm_totp(caller: Caller, actor: Acting, body: CodeBody) -> NewRecoveryCodes:
    """Turns the second factor on, by the first code of the app, and answers the recovery codes.

    Where the answer was lost, `POST /v1/me/recovery-codes` makes others.
    """
    codes = factor_wiring.authenticator_app().confirm(caller, body.code, actor=actor)
    return NewRecoveryCodes(recovery_codes=list(codes))


@router.delete("/v1/me/totp", status_code=204, dependencies=[RECENTLY, FACTOR_CHANGES_LIMIT])
async def remove_totp(caller: Caller, actor: Acting) -> None:
    """Turns the second factor off. Its recovery codes go with it."""
    factor_wiring.authenticator_app().remove(caller, actor=actor)


@router.post("/v1/me/recovery-codes", dependencies=[RECENTLY, FACTOR_CHANGES_LIMIT])
async def renew_recovery_codes(caller: Caller, actor: Acting) -> NewRecoveryCodes:
    """Ten new recovery codes in the place of all former ones. They are shown this once."""
    codes = factor_wiring.authenticator_app().renew_codes(caller, actor=actor)
    return NewRecoveryCodes(recovery_codes=list(codes))
