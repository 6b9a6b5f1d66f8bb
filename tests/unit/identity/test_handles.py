"""Who may have which handle: nobody one that is another's, was theirs a short while ago, or looks
like it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.identity.errors import DisplayNameInvalid, HandleReserved, HandleTaken
from socialflow.identity.models import clean_display_name, normal_handle
from socialflow.identity.sessions.sessions import Device
from tests.unit.identity.world import ANN, World


class TestRegistering:
    @pytest.mark.parametrize("handle", ["rnarina", "mar1na", "rnarlna", "MARINA"])
    def test_a_look_alike_of_somebody_s_is_taken(self, world: World, handle: str) -> None:
        world.register(replace(ANN, handle="marina"), device=Device(name="phone"))
        other = replace(ANN, email="mallory@example.com", handle=handle)
        with pytest.raises(HandleTaken):
            world.register(other, device=Device(name="phone"))
        assert world.repository.login(other.email) is None

    @pytest.mark.parametrize("handle", ["adm1n", "_support", "rnoderator", "s0cialflow"])
    def test_a_look_alike_of_ours_is_reserved(self, handle: str) -> None:
        with pytest.raises(HandleReserved):
            normal_handle(handle)

    @pytest.mark.parametrize("name", ["Admin", "Soc\u0456al Flow", "\u0410nn", "Support Team"])
    def test_a_display_name_that_deceives(self, name: str) -> None:
        with pytest.raises(DisplayNameInvalid):
            clean_display_name(name)

    @pytest.mark.parametrize("name", ["Ann Support", "\u0410\u043d\u043d\u0430", "Zo\u00eb 李"])
    def test_a_display_name_that_does_not(self, name: str) -> None:
        assert clean_display_name(name) == name
