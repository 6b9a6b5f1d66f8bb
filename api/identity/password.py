"""A password that was forgotten, and one that is changed."""

from fastapi import Request

from api.identity.account_schemas import EmailBody, MailAsked, PasswordBody, ResetBody
from api.identity.limits import FORGOT_LIMIT, PASSWORD_LIMIT, RESET_LIMIT
from api.identity.transport import Transport
from api.limits import by_address
from api.routing import context_router
from api.security import ANYONE, RECENTLY, Caller
from socialflow.identity import account_wiring
from socialflow.platform.correlation import correlation_id

router = context_router("identity")


@router.post("/v1/auth/password/forgot", status_code=202, dependencies=[ANYONE, FORGOT_LIMIT])
async def forget_password(request: Request, body: EmailBody) -> MailAsked:
    """Sends a link that sets a new password, if the address has an account.

    The answer is the same for every address.
    """
    account_wiring.password_changes().forgot(body.email, network=by_address(request))
    return MailAsked()


@router.post("/v1/auth/password/reset", status_code=204, dependencies=[ANYONE, RESET_LIMIT])
async def reset_password(transport: Transport, body: ResetBody) -> None:
    """Sets the password with the token of a link, and ends every session of the account.

    A link is good once, for an hour, and only the newest (`reset_over`). A second factor stays
    needed at sign-in.
    """
    account_wiring.password_changes().reset(
        body.token, body.password, device=transport.device(), request_id=correlation_id()
    )


@router.put("/v1/me/password", status_code=204, dependencies=[RECENTLY, PASSWORD_LIMIT])
async def change_password(transport: Transport, caller: Caller, body: PasswordBody) -> None:
    """Sets the caller's password, or their first, and ends all their other sessions."""
    account_wiring.password_changes().change(
        caller,
        new=body.new,
        current=body.current,
        device=transport.device(),
        request_id=correlation_id(),
    )
