"""What the harness puts the product through, by context."""

from __future__ import annotations

from tests.crash_points.chat_log import CHAT_LOG
from tests.crash_points.chat_polls import CHAT_POLLS
from tests.crash_points.chat_rooms import CHAT_ROOMS
from tests.crash_points.harness import Scenario
from tests.crash_points.identity_accounts import IDENTITY, PLATFORM
from tests.crash_points.identity_factors import IDENTITY_FACTORS
from tests.crash_points.identity_people import IDENTITY_PEOPLE
from tests.crash_points.identity_providers import IDENTITY_PROVIDERS
from tests.crash_points.identity_rights import IDENTITY_RIGHTS
from tests.crash_points.identity_sessions import IDENTITY_SESSIONS
from tests.crash_points.live_broadcasts import LIVE_BROADCASTS
from tests.crash_points.live_channels import LIVE_CHANNELS
from tests.crash_points.live_followed import LIVE_FOLLOWED
from tests.crash_points.social_people import SOCIAL
from tests.crash_points.videos_people import PEOPLE
from tests.crash_points.videos_processing import PROCESSING
from tests.crash_points.videos_reconciled import RECONCILED
from tests.crash_points.videos_replays import REPLAYS

SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        *CHAT_ROOMS,
        *CHAT_POLLS,
        *CHAT_LOG,
        *PROCESSING,
        *PEOPLE,
        *RECONCILED,
        *REPLAYS,
        *LIVE_CHANNELS,
        *LIVE_BROADCASTS,
        *LIVE_FOLLOWED,
        *IDENTITY,
        *IDENTITY_PEOPLE,
        *IDENTITY_PROVIDERS,
        *IDENTITY_FACTORS,
        *IDENTITY_SESSIONS,
        *IDENTITY_RIGHTS,
        *PLATFORM,
        *SOCIAL,
    )
}
