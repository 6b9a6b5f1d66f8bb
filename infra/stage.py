"""Stages: everything that differs between one deployment and another, and nothing else.

The stacks are the same for all stages and read a `Stage`; the application reads neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from types import MappingProxyType
from typing import Final

GIB: Final = 1024**3
LOCAL_NAME: Final = "local"


class UnknownStage(Exception):
    """The name is none of `STAGES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One deployment. Defaults are those of production; a stage states what it does otherwise."""

    name: str
    """Part of every physical name, so that stages can share an account."""

    region: str = "us-east-1"
    """Where everything lives but the firewall, which CloudFront wants in us-east-1."""

    bootstrapped: bool = True
    """Whether templates demand a bootstrapped account (`cdk bootstrap`) of CloudFormation."""

    # What is kept
    retain_data: bool = True
    """Tables, buckets and keys survive the deletion of their stack and refuse deletion."""

    customer_key: bool = True
    """Tables, secrets and alarms are encrypted with a KMS key of ours instead of AWS's own."""

    log_retention_days: int = 90
    """How long function and access logs are kept; one of the periods CloudWatch knows."""

    access_logs: bool = True
    """Buckets, the distribution and the API write access logs."""

    # How functions run
    vendor_layer: bool = True
    """Dependencies come in a layer built for arm64; else the runtime is expected to have them."""

    versions: bool = True
    """Functions are called through the alias `live` of a published version."""

    snap_start: bool = True
    """API functions start from a snapshot (needs `versions`)."""

    tracing: bool = True
    """Functions send X-Ray traces."""

    log_level: str = "INFO"
    """The functions' LOG_LEVEL."""

    handler_concurrency: int = 20
    """The most invocations of one queue handler at a time (Lambda takes 2 to 1,000)."""

    # Who may come in, and how fast
    enforce_ssl: bool = True
    """Buckets, queues and topics refuse requests without TLS."""

    firewall: bool = True
    """A WAF web ACL stands before CloudFront."""

    firewall_requests_per_5_minutes: int = 20_000
    """The most that one address may send; a player fetches some 300 segments in that time."""

    firewall_sign_in_requests_per_5_minutes: int = 1_000
    """The same for `/v1/auth/*`, where passwords and codes are tried. Whole offices and mobile
    networks share an address, so that this is a ceiling; accounts have limits of their own."""

    api_requests_per_second: int = 10_000
    """The HTTP API's steady rate; more is answered with 429."""

    api_burst: int = 5_000
    """The HTTP API's burst (the account's own limit by default)."""

    domain_name: str | None = None
    """The public name of the distribution, with `certificate_arn`; else CloudFront's own."""

    certificate_arn: str | None = None
    """An ACM certificate for `domain_name`; it has to be in us-east-1."""

    upload_origins: tuple[str, ...] = ("*",)
    """Origins whose pages may PUT parts. A part's URL is signed, so the origin protects nothing:
    `*` spares the upload bucket from having to know the distribution made after it."""

    connect_sources: tuple[str, ...] = ()
    """What the page may connect to beyond its own origin and the upload bucket (CSP)."""

    max_upload_bytes: int = 256 * GIB
    """The largest source that a creator may upload."""

    # Signing in
    mail_from: str | None = None
    """Who mail comes from, as `Name <address>`. SES has to verify the address's domain by its DNS;
    without it no mail is sent, and mail is how people register and reset passwords."""

    mail_concurrency: int = 2
    """How many letters are under way at a time (Lambda takes 2 at least), some five a second each:
    with two SES's usual 14 a second are kept. What SES refuses five times ends as a dead letter, so
    this rises only after the account's sending rate has."""

    app_return_uris: tuple[str, ...] = ()
    """URIs of our mobile apps, each with a scheme of its own, to which a sign-in with another
    provider may return; compared as they stand."""

    breach_check_url: str = ""
    """Where new passwords are looked up among leaked ones by the first five digits of their hash,
    such as `https://api.pwnedpasswords.com/range/`; empty: they are not."""

    # Live
    reconnect_window_seconds: int = 60
    """How long a broadcast waits for its encoder to come back before it is over."""

    insecure_ingest: bool = False
    """Channels take RTMP beside RTMPS."""

    recording_days: int = 30
    """How long IVS's recordings are kept beside the replays that are made of them; a replay that
    grows by a reconnect is made of them anew, for which the application asks for 14 days."""

    thumbnail_seconds: int = 30
    """How often IVS takes a picture of what is live (1 to 60)."""

    review_environments: int = 0
    """Environments of the chat's review function that are kept started: a message waits 200 ms
    for it at most and then goes as the room says."""

    playback_sources: tuple[str, ...] = ("https://*.live-video.net",)
    """Where IVS serves what is live (CSP)."""

    # The web client
    deploy_web: bool = True
    """`web/dist` is copied to the web bucket by the deployment itself."""

    price_class: str = "PRICE_CLASS_ALL"
    """CloudFront's edge locations: PRICE_CLASS_100, PRICE_CLASS_200 or PRICE_CLASS_ALL."""

    # Who is told
    monitoring: bool = True
    """Alarms, their topic and the dashboard are deployed."""

    alarm_email: str | None = None
    """Who is told of alarms; the address has to confirm the subscription."""

    # What is known only at deployment
    deploy_time_settings: Mapping[str, str] = field(default_factory=dict)
    """Variables of every function that are parameters of the template, with their defaults:
    `AWS_ENDPOINT_URL_X` becomes the parameter `AwsEndpointUrlX`."""

    def __post_init__(self) -> None:
        if (self.domain_name is None) != (self.certificate_arn is None):
            raise ValueError(f"Stage {self.name}: domain_name and certificate_arn go together.")
        if self.mail_from is not None and not self.mail_domain:
            raise ValueError(f"Stage {self.name}: mail_from is no address.")
        if self.snap_start and not self.versions:
            raise ValueError(f"Stage {self.name}: snap_start needs versions.")

    @property
    def prefix(self) -> str:
        """What every physical name begins with."""
        return f"socialflow-{self.name}"

    @property
    def mail_domain(self) -> str:
        """The domain that mail comes from; empty without mail."""
        return parseaddr(self.mail_from or "")[1].partition("@")[2]

    @property
    def what_is_off(self) -> list[str]:
        """What this stage does not offer because it does not say what that needs."""
        if self.name == LOCAL_NAME:
            return []
        off = []
        if not self.domain_name:
            off.append(
                "domain_name: links in mail, passkeys and the redirect URIs of other providers "
                "need an origin, so no mail is sent and signing in is by password alone"
            )
        if not self.mail_from:
            off.append("mail_from: no mail is sent, so nobody can register or reset a password")
        return off

    @property
    def public_origin(self) -> str:
        """The origin that clients see; empty where only CloudFront knows it, and URLs are relative
        to it."""
        return f"https://{self.domain_name}" if self.domain_name else ""


LOCAL: Final = Stage(
    name=LOCAL_NAME,
    bootstrapped=False,
    retain_data=False,
    customer_key=False,
    log_retention_days=7,
    access_logs=False,
    vendor_layer=False,
    versions=False,
    snap_start=False,
    tracing=False,
    handler_concurrency=2,
    enforce_ssl=False,
    firewall=False,
    upload_origins=("*",),
    connect_sources=("http://localhost:*", "http://127.0.0.1:*", "ws://localhost:*"),
    mail_from="Social Flow <no-reply@socialflow.test>",
    app_return_uris=("com.example.socialflow:/signed-in",),
    reconnect_window_seconds=20,
    insecure_ingest=True,
    thumbnail_seconds=5,
    playback_sources=("http://localhost:*",),
    deploy_web=False,
    monitoring=False,
    deploy_time_settings=MappingProxyType(
        {
            "SF_PUBLIC_ORIGIN": "http://localhost:8080",
            "AWS_ENDPOINT_URL_MEDIACONVERT": "http://127.0.0.1:4580",
            "AWS_ENDPOINT_URL_IVS": "http://127.0.0.1:4581",
            "AWS_ENDPOINT_URL_IVSCHAT": "http://127.0.0.1:4582",
            "SF_CHAT_MESSAGING_URL": "ws://localhost:4582",
            "SF_INGEST_URL": "rtmp://localhost:1935/app/",
        }
    ),
)

DEV: Final = Stage(
    name="dev",
    retain_data=False,
    customer_key=False,
    log_retention_days=14,
    snap_start=False,
    log_level="DEBUG",
    handler_concurrency=5,
    firewall_requests_per_5_minutes=5_000,
    firewall_sign_in_requests_per_5_minutes=500,
    api_requests_per_second=200,
    api_burst=400,
    price_class="PRICE_CLASS_100",
)

PROD: Final = Stage(name="prod", review_environments=2)

STAGES: Final = MappingProxyType({stage.name: stage for stage in (LOCAL, DEV, PROD)})


def stage_named(name: str) -> Stage:
    """The stage of that name; raises `UnknownStage` naming those there are."""
    try:
        return STAGES[name]
    except KeyError as missing:
        raise UnknownStage(f"{name!r} is no stage; choose from {', '.join(STAGES)}.") from missing
