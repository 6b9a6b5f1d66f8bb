"""Registering with an e-mail address, and signing in with it.

Neither tells whether an address has an account: see docs/decisions on registration.
"""

from fastapi import Request, Response

from api.idempotent import KeyHeader
from api.identity.account_schemas import (
    MailAsked,
    NewAccountBody,
    Registration,
    RegistrationBody,
    VerifiedRegistrationBody,
)
from api.identity.challenge_schemas import SecondFactorNeeded
from api.identity.limits import (
    REGISTER_LIMIT,
    RESEND_LIMIT,
    SIGN_IN_LIMIT,
    VERIFY_LIMIT,
)
from api.identity.schemas import LoginBody, Tokens
from api.identity.transport import Transport
from api.limits import by_address
from api.routing import context_router
from api.security import ANYONE
from socialflow.identity import account_wiring, factor_wiring

router = context_router("identity")


@router.post("/v1/auth/register", status_code=202, dependencies=[ANYONE, REGISTER_LIMIT])
async def register(
    request: Request, body: NewAccountBody, idempotency_key: KeyHeader = None
) -> Registration:
    """Begins an account: a mail goes to the address, with a code where it has no account yet.

    The answer is the same for every address. `handle_taken` and what is wrong with handle,
    password or name are told at once. With an `Idempotency-Key` the same request again, within
    the hour, is the same registration.
    """
    from socialflow.identity.accounts.registering import NewAccount

    new = NewAccount(
        email=body.email,
        password=body.password,
        handle=body.handle,
        display_name=body.display_name,
    )
    token, kept = account_wiring.registrations().begin(
        new, network=by_address(request), idempotency_key=idempotency_key
    )
    return Registration(registration_token=token, expires_at=kept.expires_at)


@router.post("/v1/auth/register/verify", status_code=201, dependencies=[ANYONE, VERIFY_LIMIT])
async def verify_registration(
    transport: Transport, body: VerifiedRegistrationBody, idempotency_key: KeyHeader = None
) -> Tokens:
    """Makes the account with the code from the mail, and signs its owner in.

    Five tries; after that, or an hour, `registration_over`. `handle` is for when the first one
    was taken meanwhile (`handle_taken`). With an `Idempotency-Key` the same request again gets
    the same session, as long as it was not used.
    """
    return transport.tokens(
        account_wiring.registrations().verify(
            body.registration_token,
            body.code,
            handle=body.handle,
            device=transport.device(),
            idempotency_key=idempotency_key,
        )
    )


@router.post("/v1/auth/register/resend", status_code=202, dependencies=[ANYONE, RESEND_LIMIT])
async def resend_registration_mail(request: Request, body: RegistrationBody) -> MailAsked:
    """Sends the registration's mail once more, with the same code; three times, a minute apart."""
    account_wiring.registrations().mail_again(body.registration_token, network=by_address(request))
    return MailAsked()


@router.post(
    "/v1/auth/login",
    responses={202: {"description": "A second factor is needed.", "model": SecondFactorNeeded}},
    dependencies=[ANYONE, SIGN_IN_LIMIT],
)
async def log_in(
    transport: Transport, response: Response, body: LoginBody
) -> Tokens | SecondFactorNeeded:
    """Signs in with an e-mail address and a password.

    An unknown address and a wrong password get the same answer, `login_refused`. 202 with a
    challenge where the account has a second factor. After some failures the next try has to
    wait, ever longer (`too_many_attempts`); devices that signed in before are counted apart.
    """
    from socialflow.identity.accounts.signing_in import METHOD, PasswordProven

    signed_in = account_wiring.signing_in().log_in(
        email=body.email, password=body.password, device=transport.device()
    )
    if isinstance(signed_in, PasswordProven):
        response.status_code = 202
        challenge = factor_wiring.second_factor().challenge(signed_in.user, method=METHOD)
        return SecondFactorNeeded.of(challenge)
    return transport.tokens(signed_in)
