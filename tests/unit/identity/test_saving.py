"""A change of an account reaches its copies, or nothing changes."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.identity.world import ANN, World


class TestSavingAUser:
    def test_what_was_set_and_is_no_more_goes_from_every_copy(self, world: World) -> None:
        user = world.register_ann().user
        shown = world.repository.save_user(user, replace(user, avatar="01K", locale="de"))
        bare = world.repository.save_user(shown, replace(shown, avatar=None, locale=None))
        assert bare.version == 3
        assert world.repository.user(user.id) == bare
        login = world.repository.login(ANN.email)
        assert login
        assert login.user == bare
        assert login.password_hash
        profile = world.repository.profile_by_handle("ann")
        assert profile == bare.profile
