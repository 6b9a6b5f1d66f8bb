"""A room's rules: who sees and changes them, and what is written down."""

from __future__ import annotations

import pytest

from socialflow.chat.errors import (
    BlockedTermInvalid,
    ModeratorRequired,
    SettingsEditedMeanwhile,
)
from socialflow.chat.models import Act, ChatSettings
from socialflow.platform.principal import Principal
from tests.unit.chat.world import ChatWorld

pytestmark = pytest.mark.usefixtures("room")


class TestEditing:
    def test_is_for_the_owner_and_moderators(self, world: ChatWorld, ben: Principal) -> None:
        with pytest.raises(ModeratorRequired):
            world.house_rules.edit(ben, "ann", {"links_allowed": False}, expected_edits=None)

    def test_a_stale_version_is_refused(self, world: ChatWorld, ann: Principal) -> None:
        world.house_rules.edit(ann, "ann", {"links_allowed": False}, expected_edits=1)
        with pytest.raises(SettingsEditedMeanwhile):
            world.house_rules.edit(ann, "ann", {"links_allowed": True}, expected_edits=1)

    def test_a_term_needs_something_to_look_for(self, world: ChatWorld, ann: Principal) -> None:
        with pytest.raises(BlockedTermInvalid):
            world.house_rules.edit(ann, "ann", {"blocked_terms": ["ok", "*"]}, expected_edits=None)

    def test_a_moderator_dismissed_meanwhile_changes_nothing(
        self, world: ChatWorld, ann: Principal, mod: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the reading of the rights and the write, the owner takes the role back."""
        standing = world.house_rules._entrance.moderating(mod, "ann")
        world.moderators.remove(ann, "ann", "mod")
        monkeypatch.setattr(
            world.house_rules._entrance, "moderating", lambda caller, handle: standing
        )
        with pytest.raises(ModeratorRequired):
            world.house_rules.edit(mod, "ann", {"links_allowed": False}, expected_edits=None)
        assert world.house_rules.show(ann, "ann")[0].settings.links_allowed

    def test_changes_what_is_named_and_keeps_the_rest(
        self, world: ChatWorld, ann: Principal, mod: Principal
    ) -> None:
        world.house_rules.edit(ann, "ann", {"followers_only_minutes": 0}, expected_edits=1)
        changes = {"slow_mode_seconds": 30, "blocked_terms": ["spam"]}
        room = world.house_rules.edit(mod, "ann", changes, expected_edits=2)
        assert room.settings == ChatSettings(
            slow_mode_seconds=30, followers_only_minutes=0, blocked_terms=("spam",)
        )
        assert world.house_rules.show(mod, "ann") == (room, True)
        assert world.house_rules.show(None, "ann") == (room, False)
        off = world.house_rules.edit(ann, "ann", {"followers_only_minutes": None}, expected_edits=3)
        assert off.settings.followers_only_minutes is None
        assert world.house_rules.show(ann, "ann")[0] == off

    def test_only_what_changed_is_written_down(self, world: ChatWorld, ann: Principal) -> None:
        world.house_rules.edit(ann, "ann", {"slow_mode_seconds": 30}, expected_edits=None)
        world.house_rules.edit(ann, "ann", {"slow_mode_seconds": 30}, expected_edits=None)
        (view,), _ = world.audit.list_acts(ann, "ann", after=None, limit=10)
        assert view.entry.act is Act.SETTINGS_CHANGED
        assert view.entry.before == {"slow_mode_seconds": 0}
        assert view.entry.after == {"slow_mode_seconds": 30}
