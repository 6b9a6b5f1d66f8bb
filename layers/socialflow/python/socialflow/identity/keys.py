"""The keys of the identity table, each beside the access pattern that it serves.

| item        | pk              | sk             | read by                                       |
|-------------|-----------------|----------------|-----------------------------------------------|
| user        | USER#<id>       | USER           | me, profiles by id                            |
| session     | USER#<id>       | SESSION#<id>   | refresh, log out; all of a user's by prefix   |
| login       | EMAIL#<address> | LOGIN          | log in: all that it needs in one read         |
| registering | PENDING#<ref>   | PENDING        | its second step, and the mail before it       |
| reset       | RESET#<ref>     | RESET          | a forgotten password's mail and its link      |
| new address | USER#<id>       | EMAIL_CHANGE   | its mail and its code                         |
| mail        | USER#<id>       | MAIL#<id>      | the mail handler: what an owner is to be told |
| handle      | HANDLE#<handle> | HANDLE         | profile by handle                             |
| skeleton    | SKELETON#<skel> | SKELETON       | never: it keeps look-alikes of a handle away  |
| former      | USER#<id>       | HANDLE#<until> | an account's former handles, for staff        |
| picture     | USER#<id>       | PICTURE#<kind> | which upload of a picture came last           |
| flow        | FLOW#<id>       | FLOW           | a sign-in through a provider, under way       |
| identity    | IDENTITY#<provider>#<subject> | IDENTITY | sign-in through a provider: whose it is |
| provider    | USER#<id>       | PROVIDER#<id>  | a user's linked providers by prefix           |
| revocation  | REVOCATION#<id> | REVOCATION     | whoever gives a provider's token back         |
| app, codes  | USER#<id>       | TOTP, TOTP_SETUP, RECOVERY_CODES | second factor |
| passkey     | USER#<id>       | PASSKEY#<id>   | sign-in; all of a user's by prefix            |
| credential  | CREDENTIAL#<id> | CREDENTIAL     | never: it keeps a passkey to one account      |
| spent       | SPENT#<id>      | SPENT          | never: it keeps a challenge to one use        |
| audit       | AUDIT#<day>     | <id>           | staff; gsi1 by target, gsi2 by actor          |
| public keys | PUBLIC_KEYS     | PUBLIC_KEYS    | every API function, to verify access tokens   |

The login item holds the only copy of the password hash, so that a reader of users never loads
one and a policy by leading key can keep it from other contexts. It and the handle item repeat
what their reader needs of the user; whatever changes the user changes them in one transaction.

What belongs to a person and lies in another partition than theirs is found by gsi1
(`OF#<id>`, see `of_person`), so that all of a person can be found without knowing what there is.
"""

from datetime import datetime

from socialflow.platform.principal import SessionId, UserId

SESSION_PREFIX = "SESSION#"
PROVIDER_PREFIX = "PROVIDER#"
FORMER_HANDLE_PREFIX = "HANDLE#"
PUBLIC_KEYS = {"pk": "PUBLIC_KEYS", "sk": "PUBLIC_KEYS"}


def user_key(user_id: UserId) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": "USER"}


def session_key(user_id: UserId, session_id: SessionId) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": f"{SESSION_PREFIX}{session_id}"}


def login_key(email: str) -> dict[str, str]:
    return {"pk": f"EMAIL#{email}", "sk": "LOGIN"}


def flow_key(flow_id: str) -> dict[str, str]:
    return {"pk": f"FLOW#{flow_id}", "sk": "FLOW"}


def identity_key(provider: str, subject: str) -> dict[str, str]:
    return {"pk": f"IDENTITY#{provider}#{subject}", "sk": "IDENTITY"}


def provider_key(user_id: UserId, provider: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": f"{PROVIDER_PREFIX}{provider}"}


def revocation_key(revocation_id: str) -> dict[str, str]:
    return {"pk": f"REVOCATION#{revocation_id}", "sk": "REVOCATION"}


def handle_key(handle: str) -> dict[str, str]:
    return {"pk": f"HANDLE#{handle}", "sk": "HANDLE"}


def of_person(user_id: str, pk: str) -> dict[str, str]:
    """By what an item outside of a person's partition is found as theirs."""
    return {"gsi1pk": f"OF#{user_id}", "gsi1sk": pk}


def skeleton_key(skeleton: str) -> dict[str, str]:
    return {"pk": f"SKELETON#{skeleton}", "sk": "SKELETON"}


def former_handle_key(user_id: UserId, until: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": f"{FORMER_HANDLE_PREFIX}{until}"}


def picture_key(user_id: UserId, kind: str) -> dict[str, str]:
    return {"pk": f"USER#{user_id}", "sk": f"PICTURE#{kind}"}


def audit_day(moment: datetime) -> str:
    """The partition of a day's acts: a log has no partition that grows for ever."""
    return f"AUDIT#{moment:%Y-%m-%d}"


def audit_target(target: str) -> str:
    return f"AUDIT#TARGET#{target}"


def audit_actor(actor: str) -> str:
    return f"AUDIT#ACTOR#{actor}"
