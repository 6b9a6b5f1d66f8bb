"""Signing in with a passkey, and one's own passkeys."""

from typing import Any

from api.identity.acting import Acting
from api.identity.factor_limits import PASSKEY_CHANGES, PASSKEY_OPTIONS, PASSKEY_SIGN_IN
from api.identity.passkey_schemas import (
    NewPasskeyBody,
    PasskeyBody,
    PasskeyCreation,
    PasskeyIdPath,
    PasskeyList,
    PasskeyRequest,
    PasskeySignInBody,
    RenamePasskeyBody,
)
from api.identity.schemas import Tokens
from api.identity.transport import Transport
from api.limits import by_address, by_caller, limited
from api.routing import context_router
from api.security import ANYONE, RECENTLY, Caller
from socialflow.identity import factor_wiring, wiring

router = context_router("identity")
_PASSKEYS = "/v1/me/passkeys"
_PASSKEY = f"{_PASSKEYS}/{{passkey_id}}"
_CHANGES = limited(PASSKEY_CHANGES, wiring.rate_limiter, by=by_caller)


@router.post(
    "/v1/auth/passkeys/options",
    dependencies=[ANYONE, limited(PASSKEY_OPTIONS, wiring.rate_limiter, by=by_address)],
)
async def begin_passkey_sign_in() -> PasskeyRequest:
    """What `navigator.credentials.get` is asked, for signing in and for step-up.

    The challenge is good once, for five minutes.
    """
    return PasskeyRequest.of(factor_wiring.passkey_proofs().options())


@router.post(
    "/v1/auth/passkeys",
    dependencies=[ANYONE, limited(PASSKEY_SIGN_IN, wiring.rate_limiter, by=by_address)],
)
async def sign_in_with_passkey(body: PasskeySignInBody, transport: Transport) -> Tokens:
    """Signs in with a passkey. It stands for two factors: no code is asked for.

    One that counts backwards may have been copied: `passkey_cloned`, and its owner is written to.
    """
    signed_in = factor_wiring.passkey_sign_in().sign_in(
        body.challenge_token, _sent(body), device=transport.device()
    )
    return transport.tokens(signed_in)


@router.post(f"{_PASSKEYS}/options", dependencies=[RECENTLY, _CHANGES])
async def begin_passkey(caller: Caller) -> PasskeyCreation:
    """What `navigator.credentials.create` is asked; the challenge is good once, five minutes."""
    return PasskeyCreation.of(factor_wiring.passkeys().options(caller))


@router.post(_PASSKEYS, status_code=201, dependencies=[_CHANGES])
async def add_passkey(caller: Caller, actor: Acting, body: NewPasskeyBody) -> PasskeyBody:
    """Keeps the passkey that the browser made. The same answer again gets the same passkey."""
    added = factor_wiring.passkeys().register(
        caller,
        body.challenge_token,
        _sent(body),
        name=body.name,
        actor=actor,
    )
    return PasskeyBody.of(added)


@router.get(_PASSKEYS)
async def list_passkeys(caller: Caller) -> PasskeyList:
    """The caller's passkeys, oldest first."""
    return PasskeyList(
        items=[PasskeyBody.of(each) for each in factor_wiring.passkeys().all(caller)]
    )


@router.patch(_PASSKEY, dependencies=[_CHANGES])
async def rename_passkey(
    caller: Caller, passkey_id: PasskeyIdPath, body: RenamePasskeyBody
) -> PasskeyBody:
    """Names a passkey otherwise."""
    from socialflow.identity.factors.records import PasskeyId

    return PasskeyBody.of(factor_wiring.passkeys().rename(caller, PasskeyId(passkey_id), body.name))


@router.delete(_PASSKEY, status_code=204, dependencies=[RECENTLY, _CHANGES])
async def remove_passkey(caller: Caller, actor: Acting, passkey_id: PasskeyIdPath) -> None:
    """Takes a passkey away; not the last way into the account (`last_sign_in_method`)."""
    from socialflow.identity.factors.records import PasskeyId

    factor_wiring.passkeys().remove(caller, PasskeyId(passkey_id), actor=actor)


def _sent(body: NewPasskeyBody | PasskeySignInBody) -> dict[str, Any]:
    return body.credential.model_dump(exclude_none=True)
