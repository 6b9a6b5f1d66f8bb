"""Signing in through Google, Facebook, X, GitHub and Apple, and linking them to an account."""

from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Path, Request, Response

from api.idempotent import KeyHeader
from api.identity.acting import actor_of
from api.identity.challenge_schemas import SecondFactorNeeded
from api.identity.federation_schemas import (
    ExchangeBody,
    LinkedProvider,
    LinkedProviderList,
    ProviderId,
    ProviderLinkedBody,
    SignInProvider,
    SignInProviderList,
    SignUpBody,
    SignUpNeeded,
    StartBody,
    StartedFlow,
)
from api.identity.schemas import Tokens
from api.identity.transport import Transport
from api.limits import by_address, by_caller, limited
from api.routing import context_router
from api.security import ANYONE, RECENTLY, Caller, Recently, TokenMissing, Viewer
from socialflow.identity import federation_wiring, wiring
from socialflow.platform.rate_limits import RatePolicy

START: Final = RatePolicy("provider_start", limit=60, window_seconds=300)
RETURN: Final = RatePolicy("provider_return", limit=120, window_seconds=300)
EXCHANGE: Final = RatePolicy("provider_exchange", limit=60, window_seconds=300)
SIGN_UP: Final = RatePolicy("provider_sign_up", limit=100, window_seconds=3600)
UNLINK: Final = RatePolicy("provider_unlink", limit=30, window_seconds=3600)
MAX_FORM_BYTES: Final = 32 * 1024
MAX_FIELDS: Final = 20

router = context_router("identity")
_RECENTLY: Final = Recently()
Provider = Annotated[ProviderId, Path(description="A provider's id.")]
_PROVIDERS: Final = "/v1/auth/providers"
_CALLBACK: Final = f"{_PROVIDERS}/{{provider}}/callback"
_RETURNS: Final = [ANYONE, limited(RETURN, wiring.rate_limiter, by=by_address)]


@router.get(_PROVIDERS, dependencies=[ANYONE])
async def show_sign_in_providers() -> SignInProviderList:
    """The providers that people can sign in through here."""
    offered = federation_wiring.flows().offered()
    return SignInProviderList(items=[SignInProvider.of(client) for client in offered])


@router.post(
    f"{_PROVIDERS}/{{provider}}/start",
    dependencies=[limited(START, wiring.rate_limiter, by=by_caller)],
)
async def start_provider_flow(
    request: Request, provider: Provider, body: StartBody, viewer: Viewer
) -> StartedFlow:
    """Begins to sign in through a provider, or to link it to the caller's account.

    The client keeps a random verifier and sends its S256. The person comes back to `/signed-in`,
    or to the app's address, with `#flow=…` or `#error=…`: `cancelled`,
    `provider_sign_in_failed`, `flow_invalid` or `provider_not_found`. To link, the caller is
    signed in and proved lately who they are.
    """
    from socialflow.identity.federation.models import Intent

    intent = Intent(body.intent)
    if intent is Intent.LINK:
        await _RECENTLY(request)
    started = federation_wiring.flows().start(
        provider,
        intent=intent,
        return_to=body.return_to,
        challenge=body.challenge,
        user_id=viewer.user_id if viewer and intent is Intent.LINK else None,
    )
    return StartedFlow.of(started)


@router.get(_CALLBACK, status_code=303, response_class=Response, dependencies=_RETURNS)
async def take_provider_answer(request: Request, provider: Provider) -> Response:
    """Where a provider sends the person's browser back to; it goes on to whoever began."""
    return _onwards(provider, request.url.query)


@router.post(_CALLBACK, status_code=303, response_class=Response, dependencies=_RETURNS)
async def take_provider_form(request: Request, provider: Provider) -> Response:
    """The same for a provider that answers by a form, as Apple does."""
    body = await request.body()
    return _onwards(provider, body.decode("latin-1") if len(body) <= MAX_FORM_BYTES else "")


@router.post(
    f"{_PROVIDERS}/exchange",
    dependencies=[limited(EXCHANGE, wiring.rate_limiter, by=by_caller)],
    responses={202: {"model": SecondFactorNeeded | SignUpNeeded}},
)
async def exchange_provider_flow(
    request: Request,
    response: Response,
    body: ExchangeBody,
    viewer: Viewer,
    transport: Transport,
) -> Tokens | ProviderLinkedBody | SecondFactorNeeded | SignUpNeeded:
    """Finishes what was begun: with the flow that came back and the verifier, once.

    200 with tokens, or with `linked`; 202 where the account asks for a second factor of its own,
    or where nobody here has this identity yet. `account_exists` where an account has the address
    that the provider confirmed: sign in to it and link the provider.
    """
    from socialflow.identity.federation.models import Intent
    from socialflow.identity.federation.signing_in import NewPerson
    from socialflow.identity.sessions.sessions import SignedIn

    flow, client = federation_wiring.flows().opened(body.flow, body.verifier)
    if flow.intent is Intent.LINK:
        if viewer is None:
            raise TokenMissing("Whoever links a provider is signed in.")
        provider = federation_wiring.linking().link(
            flow, client, principal=viewer, actor=actor_of(request, viewer)
        )
        return ProviderLinkedBody(linked=provider)
    outcome = federation_wiring.sign_in().sign_in(flow, client, device=transport.device())
    if isinstance(outcome, SignedIn):
        return transport.tokens(outcome)
    response.status_code = 202
    if isinstance(outcome, NewPerson):
        return SignUpNeeded.of(outcome)
    return SecondFactorNeeded.of(outcome)


@router.post(
    f"{_PROVIDERS}/sign-up",
    status_code=201,
    dependencies=[ANYONE, limited(SIGN_UP, wiring.rate_limiter, by=by_address)],
)
async def sign_up_with_provider(
    body: SignUpBody, transport: Transport, idempotency_key: KeyHeader = None
) -> Tokens:
    """Makes an account with the identity that `exchange` found, and signs its owner in.

    With an `Idempotency-Key` the same request again gets the same session while it is unused.
    """
    signed_in = federation_wiring.sign_up().sign_up(
        body.signup_token,
        handle=body.handle,
        display_name=body.display_name,
        device=transport.device(),
        idempotency_key=idempotency_key,
    )
    return transport.tokens(signed_in)


@router.get("/v1/me/providers")
async def show_linked_providers(caller: Caller) -> LinkedProviderList:
    """The providers that are linked to the caller's account."""
    linked = federation_wiring.linking().linked(caller.user_id)
    return LinkedProviderList(items=[LinkedProvider.of(each) for each in linked])


@router.delete(
    "/v1/me/providers/{provider}",
    status_code=204,
    dependencies=[RECENTLY, limited(UNLINK, wiring.rate_limiter, by=by_caller)],
)
async def unlink_provider(request: Request, provider: Provider, caller: Caller) -> None:
    """Unlinks a provider. `last_sign_in_method` where nobody could sign in any more."""
    federation_wiring.linking().unlink(provider, principal=caller, actor=actor_of(request, caller))


def _onwards(provider: str, encoded: str) -> Response:
    """Leads the browser on. A field that comes twice makes the answer one of nobody's."""
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        pairs = []
    fields = dict(pairs)
    told = fields if len(fields) == len(pairs) else {}
    location = federation_wiring.flows().returned(provider, told)
    return Response(status_code=303, headers={"Location": location})
