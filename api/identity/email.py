"""Another e-mail address for an account."""

from fastapi import Request

from api.identity.account_schemas import EmailBody, EmailChange, EmailCodeBody
from api.identity.limits import EMAIL_CODE_LIMIT, EMAIL_LIMIT
from api.identity.schemas import Account
from api.limits import by_address
from api.routing import context_router
from api.security import RECENTLY, Caller
from socialflow.identity import account_wiring
from socialflow.platform.correlation import correlation_id

router = context_router("identity")


@router.post("/v1/me/email", status_code=202, dependencies=[RECENTLY, EMAIL_LIMIT])
async def change_email(request: Request, caller: Caller, body: EmailBody) -> EmailChange:
    """Sends a code to the address that the account is to have; nothing changes before it is typed.

    Whether another account has the address is told to its mailbox alone.
    """
    change = account_wiring.email_changes().begin(caller, body.email, network=by_address(request))
    return EmailChange(email=change.email, expires_at=change.expires_at)


@router.post("/v1/me/email/verify", dependencies=[EMAIL_CODE_LIMIT])
async def verify_email(request: Request, caller: Caller, body: EmailCodeBody) -> Account:
    """Moves the account to the new address with the code sent to it, and ends other sessions.

    Five tries; after that, or an hour, `email_change_over`. The old address is told.
    """
    moved = account_wiring.email_changes().verify(
        caller, body.code, network=by_address(request), request_id=correlation_id()
    )
    return Account.of(moved)
