"""Names that pass for others, and names that only look odd."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.identity.models import RESERVED_HANDLES
from socialflow.identity.profiles.look_alikes import (
    claims_authority,
    handle_skeleton,
    imitates_reserved,
    mixes_scripts,
)

HANDLES = st.from_regex(r"\A[a-z0-9_]{3,30}\Z")


class TestHandles:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("ann_bell", "ann_be11"),
            ("ann_bell", "ann_beii"),
            ("bob", "b0b"),
            ("marina", "rnarina"),
            ("marrn", "marm"),
            ("rrnx", "rmx"),
            ("willow", "vvillow"),
            ("vvvx", "vwx"),
            ("vvvx", "wvx"),
            ("ann_b", "ann__b"),
            ("milk", "rn1lk"),
        ],
    )
    def test_of_look_alikes_the_skeletons_are_one(self, one: str, other: str) -> None:
        assert handle_skeleton(one) == handle_skeleton(other)

    @pytest.mark.parametrize(
        ("one", "other"), [("ann", "anna"), ("ann_b", "annb"), ("bob", "rob"), ("cat", "cal")]
    )
    def test_of_others_they_are_not(self, one: str, other: str) -> None:
        assert handle_skeleton(one) != handle_skeleton(other)

    @given(HANDLES)
    def test_a_skeleton_is_its_own(self, handle: str) -> None:
        assert handle_skeleton(handle_skeleton(handle)) == handle_skeleton(handle)

    @pytest.mark.parametrize(
        "handle",
        ["adm1n", "admin_", "_support_", "supp0rt", "rnoderator", "s0cial_f1ow", "a_d_m_i_n"],
    )
    def test_that_imitate_a_reserved_one(self, handle: str) -> None:
        assert imitates_reserved(handle, RESERVED_HANDLES)

    @pytest.mark.parametrize("handle", ["ann", "adminton", "support_fan", "user5", "team_blue"])
    def test_that_only_contain_one(self, handle: str) -> None:
        assert not imitates_reserved(handle, RESERVED_HANDLES)


class TestDisplayNames:
    @pytest.mark.parametrize(
        "name",
        [
            "Admin",
            "ADMIN",
            "admin!",
            "\u0410dmin",  # Cyrillic A
            "\uff21\uff44\uff4d\uff49\uff4e",  # full width
            "\U0001d4d0\U0001d4ed\U0001d4f6\U0001d4f2\U0001d4f7",  # mathematical script
            "\u24d0\u24d3\u24dc\u24d8\u24dd",  # circled
            "A\u0301d\u0308min",  # marks on letters
            "Ad\u200dmin",  # a joiner that is not seen
            "4dm1n",
            "5upp0rt",
            "A d m i n",
            "S.t.a.f.f",
            "Support Team",
            "The Support Team",
            "Trust and Safety",
            "Official Account",
            "Social Flow",
            "SocialFlow Help",
            "Soc\u0456al Fl\u043ew",
            "social-flow official",
            "S o c i a l F l o w",
            "\u0405\u03bfcial Flow",
            "\u039c\u03bfderator",
            "Moderat\u043er",
            "\u13aadmin",
        ],
    )
    def test_that_speak_for_the_company(self, name: str) -> None:
        assert claims_authority(name)

    @pytest.mark.parametrize(
        "name",
        [
            "Ann",
            "Ann Support",
            "Modern Times",
            "Bob the Moderate",
            "Systema",
            "Администрация леса",
            "\u0410\u043d\u043d\u0430",
            "李小龍",
            "A B",
            "J. R. R.",
            "🎬",
            "Flow Social Club",
            "O'Neill",
            "",
        ],
    )
    def test_that_speak_for_somebody(self, name: str) -> None:
        assert not claims_authority(name)

    @pytest.mark.parametrize("name", ["\u0410nn", "An\u03b7", "B\u043eb Bell", "x\u0585x"])
    def test_a_word_of_two_scripts_is_suspect(self, name: str) -> None:
        assert mixes_scripts(name)

    @pytest.mark.parametrize(
        "name", ["Ann \u0410\u043d\u043d\u0430", "DJ 李", "ソニーMusic", "Zoë", "3π", "Ann 2"]
    )
    def test_two_words_of_a_script_each_are_not(self, name: str) -> None:
        assert not mixes_scripts(name)

    @given(st.text(max_size=60))
    def test_any_text_is_judged(self, name: str) -> None:
        assert isinstance(claims_authority(name), bool)
        assert isinstance(mixes_scripts(name), bool)
