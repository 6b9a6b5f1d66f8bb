"""Signing in with a passkey, and one's own passkeys."""

from typing import Annotated, Any

from fastapi import Depends, Response

from api.etags import IfMatch, expected_edits
from api.idempotent import OnceRequest, once
from api.identity.acting import Acting
from api.identity.factor_limits import (
    PASSKEY_CHANGES_LIMIT,
    PASSKEY_OPTIONS_LIMIT,
    PASSKEY_SIGN_IN_LIMIT,
)
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
from api.routing import context_router
from api.security import ANYONE, RECENTLY, Caller
from socialflow.identity import factor_wiring, rights_wiring

router = context_router("identity")
_PASSKEYS = "/v1/me/passkeys"
_PASSKEY = f"{_PASSKEYS}/{{passkey_id}}"
Once = Annotated[OnceRequest, Depends(once(rights_wiring.idempotency))]


@router.post(
    "/v1/auth/passkeys/options",
    dependencies=[ANYONE, PASSKEY_OPTIONS_LIMIT],
)
async def begin_passkey_sign_in() -> PasskeyRequest:
    """What `navigator.credentials.get` is asked, for signing in and for step-up.

    The challenge is good once, for five minutes.
    """
    return PasskeyRequest.of(factor_wiring.passkey_proofs().options())


@router.post(
    "/v1/auth/passkeys",
    dependencies=[ANYONE, PASSKEY_SIGN_IN_LIMIT],
)
async def sign_in_with_passkey(body: PasskeySignInBody, transport: Transport) -> Tokens:
    """Signs in with a passkey. It stands for two factors: no code is asked for.

    One that counts backwards may have been copied: `passkey_cloned`, and its owner is written to.
    """
    signed_in = factor_wiring.passkey_sign_in().sign_in(
        body.challenge_token, _sent(body), device=transport.device()
    )
    return transport.tokens(signed_in)


@router.post(f"{_PASSKEYS}/options", dependencies=[RECENTLY, PASSKEY_CHANGES_LIMIT])
async def begin_passkey(caller: Caller) -> PasskeyCreation:
    """What `navigator.credentials.create` is asked; the challenge is good once, five minutes."""
    return PasskeyCreation.of(factor_wiring.passkeys().options(caller))


@router.post(
    _PASSKEYS, status_code=201, response_model=PasskeyBody, dependencies=[PASSKEY_CHANGES_LIMIT]
)
async def add_passkey(caller: Caller, actor: Acting, body: NewPasskeyBody, once: Once) -> Response:
    """Keeps the passkey that the browser made. The same answer again gets the same passkey."""

    def work(_seed: str) -> PasskeyBody:
        added = factor_wiring.passkeys().register(
            caller, body.challenge_token, _sent(body), name=body.name, actor=actor
        )
        return PasskeyBody.of(added)

    return once.answer(201, work)


@router.get(_PASSKEYS)
async def show_passkeys(caller: Caller) -> PasskeyList:
    """The caller's passkeys, oldest first."""
    passkeys = factor_wiring.passkeys().all(caller)
    return PasskeyList(items=[PasskeyBody.of(each) for each in passkeys])


@router.patch(_PASSKEY, dependencies=[PASSKEY_CHANGES_LIMIT])
async def rename_passkey(
    response: Response,
    caller: Caller,
    passkey_id: PasskeyIdPath,
    body: RenamePasskeyBody,
    if_match: IfMatch = None,
) -> PasskeyBody:
    """Names a passkey otherwise. `If-Match` is the passkey's `etag`, or `*`."""
    from socialflow.identity.factors.records import PasskeyId

    renamed = PasskeyBody.of(
        factor_wiring.passkeys().rename(
            caller, PasskeyId(passkey_id), body.name, edits=expected_edits(if_match)
        )
    )
    response.headers["ETag"] = renamed.etag
    return renamed


@router.delete(_PASSKEY, status_code=204, dependencies=[RECENTLY, PASSKEY_CHANGES_LIMIT])
async def remove_passkey(caller: Caller, actor: Acting, passkey_id: PasskeyIdPath) -> None:
    """Takes a passkey away; not the last way into the account (`last_sign_in_method`)."""
    from socialflow.identity.factors.records import PasskeyId

    factor_wiring.passkeys().remove(caller, PasskeyId(passkey_id), actor=actor)


def _sent(body: NewPasskeyBody | PasskeySignInBody) -> dict[str, Any]:
    return body.credential.model_dump(exclude_none=True)
