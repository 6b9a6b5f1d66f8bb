"""Which module has the routes below which paths: the only list of identity's rooms."""

from typing import Final

from api.rooms import Rooms

ROOMS: Final[Rooms] = {
    "registration": ("/v1/auth/register", "/v1/auth/login"),
    "sessions": ("/v1/auth/refresh", "/v1/auth/logout", "/v1/me/sessions"),
    "password": ("/v1/auth/password", "/v1/me/password"),
    "email": ("/v1/me/email",),
    "profile": ("/v1/me", "/v1/users"),
    "pictures": ("/v1/me/avatar", "/v1/me/banner"),
    "second_factor": (
        *("/v1/auth/login/second-factor", "/v1/auth/step-up"),
        *("/v1/me/recovery-codes", "/v1/me/security", "/v1/me/totp"),
    ),
    "passkeys": ("/v1/auth/passkeys", "/v1/me/passkeys"),
    "rights": ("/v1/me/deletion", "/v1/me/exports"),
    "federation": ("/v1/auth/providers", "/v1/me/providers"),
    "staff": ("/v1/admin/users",),
    "audit": ("/v1/admin/audit",),
    "keys": ("/.well-known/jwks.json",),
}
