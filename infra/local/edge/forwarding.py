"""What of the viewer's request reaches the origin, and what the edge adds to the answer."""

from urllib.parse import unquote_plus

from infra.local.edge.configuration import Behavior, Cors
from infra.local.edge.signatures import SIGNATURE_PARAMETERS
from infra.local.edge.viewer import Headers, Viewer

ALWAYS_FORWARDED = frozenset(
    {"range", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"}
)
"""Sent to the origin whatever the policies say (Developer Guide, "Request headers")."""
_OF_THE_BODY = frozenset({"content-type", "content-length"})
_NEVER_FORWARDED = frozenset(
    {
        *("connection", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding"),
        *("proxy-authorization", "proxy-connection", "upgrade"),
        # Written anew below.
        *("cookie", "x-forwarded-for", "x-forwarded-proto"),
        *("x-socialflow-token", "x-socialflow-source-arn"),
    }
)
_NOT_ANSWERED = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"server", b"date"})
_OF_S3 = b"x-amz-"


def origin_headers(viewer: Viewer, behavior: Behavior, host: bytes) -> Headers:
    """The headers of the request to the origin.

    `CloudFront-*` headers and the last address of `X-Forwarded-For` come from the edge alone, so
    a viewer cannot claim to be someone else.
    """
    headers: Headers = [(b"host", host)]
    for name, value in viewer.headers:
        text = name.decode("latin-1")
        if text in _NEVER_FORWARDED or text.startswith("cloudfront-"):
            continue
        if text in behavior.origin.headers:
            continue
        if text in ALWAYS_FORWARDED or text in _OF_THE_BODY or behavior.headers.passes(text):
            headers.append((name, value))
    cookies = [
        f"{name}={value}" for name, value in viewer.cookies.items() if behavior.cookies.passes(name)
    ]
    if cookies:
        headers.append((b"cookie", "; ".join(cookies).encode("latin-1")))
    claimed = viewer.header(b"x-forwarded-for")
    address = viewer.address.encode()
    headers.append((b"x-forwarded-for", claimed + b", " + address if claimed else address))
    headers.append((b"x-forwarded-proto", viewer.scheme.encode()))
    headers.append((b"via", b"1.1 edge.local (CloudFront)"))
    known = {
        "cloudfront-viewer-address": f"{viewer.address}:{viewer.port}",
        "cloudfront-forwarded-proto": viewer.scheme,
    }
    headers += [
        (name.encode(), value.encode())
        for name, value in known.items()
        if behavior.headers.mode != "allExcept" and name in behavior.headers.names
    ]
    headers += [
        (name.encode(), value.encode("latin-1")) for name, value in behavior.origin.headers.items()
    ]
    return headers


def origin_query(viewer: Viewer, behavior: Behavior) -> str:
    """The query string for the origin; what carries a signature never reaches it."""
    if not viewer.query:
        return ""
    signed = bool(behavior.key_groups)
    kept = []
    for part in viewer.query.split("&"):
        name = unquote_plus(part.split("=", 1)[0])
        if behavior.query.passes(name) and not (signed and name in SIGNATURE_PARAMETERS):
            kept.append(part)
    return "&".join(kept)


def viewer_headers(origin: Headers, behavior: Behavior, viewer: Viewer, outcome: bytes) -> Headers:
    """The headers of the answer: the origin's, those of the policy, and CloudFront's own."""
    headers = [
        (name, value)
        for name, value in origin
        if name not in _NOT_ANSWERED
        and not name.startswith(_OF_S3)
        and name.decode("latin-1") not in behavior.removed_headers
    ]
    for wanted in behavior.response_headers:
        name = wanted.name.encode()
        present = any(key == name for key, _ in headers)
        if present and not wanted.override:
            continue
        headers = [(key, value) for key, value in headers if key != name]
        headers.append((name, wanted.value.encode("latin-1")))
    if behavior.cors is not None and viewer.header(b"origin"):
        headers = _with_cors(headers, behavior.cors, viewer)
    headers.append((b"x-cache", outcome + b" from cloudfront"))
    return headers


def _with_cors(headers: Headers, cors: Cors, viewer: Viewer) -> Headers:
    origin = viewer.header(b"origin").decode("latin-1")
    if not ("*" in cors.origins or origin in cors.origins):
        return headers
    if not cors.override and any(n.startswith(b"access-control-") for n, _ in headers):
        return headers
    kept = [(n, v) for n, v in headers if not n.startswith(b"access-control-")]
    answers = {"allow-origin": "*" if "*" in cors.origins else origin}
    if cors.credentials:
        answers["allow-credentials"] = "true"
    if cors.expose:
        answers["expose-headers"] = ", ".join(cors.expose)
    if viewer.method == "OPTIONS":
        answers["allow-methods"] = ", ".join(cors.methods)
        answers["allow-headers"] = ", ".join(cors.headers)
        answers["max-age"] = str(cors.max_age_seconds)
    added = [(f"access-control-{n}".encode(), v.encode("latin-1")) for n, v in answers.items()]
    return [*kept, *added, (b"vary", b"Origin")]
