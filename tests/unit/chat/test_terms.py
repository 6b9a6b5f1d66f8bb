"""Blocked terms, however they are written."""

from __future__ import annotations

import time

import pytest

from socialflow.chat.models import MAX_BLOCKED_TERMS, MAX_MESSAGE_CHARACTERS
from socialflow.chat.terms import blocked_terms, is_usable


def blocks(term: str, text: str) -> bool:
    return blocked_terms([term]).found_in(text)


class TestWholeWords:
    @pytest.mark.parametrize(
        "text",
        ["spam", "SPAM!", "no (spam) please", "Spam, spam", "what a spam.", "línea spám"],
    )
    def test_are_found_whatever_stands_around_them(self, text: str) -> None:
        assert blocks("spam", text)

    @pytest.mark.parametrize("text", ["spammer", "spa m", "spas", "", "   ", "s", "pam"])
    def test_are_not_found_within_others(self, text: str) -> None:
        assert not blocks("spam", text)

    def test_phrases_are_words_in_a_row(self) -> None:
        assert blocks("buy now", "Please BUY   now!!")
        assert not blocks("buy now", "buy it now")
        assert not blocks("buy now", "buy nowhere")


class TestDisguises:
    @pytest.mark.parametrize(
        "text",
        [
            "5p4m",
            "$p@m",
            "s\u200bp\u00ada\u2060m",
            "\uff33\uff30\uff21\uff2d",
            "\U0001d4fc\U0001d4f9\U0001d4ea\U0001d4f6",
            "\u0455\u0440\u0430m",
            "s\u0336p\u0336a\u0336m\u0336",
            "s p a m",
            "s.p.a.m",
            "sp.am",
            "sp-am!",
            "buy\tspam\nnow",
            "buy\u2028spam\x85now",
            "sp\u3164am",
            "sp\uffa0a\u2065m",
            "sp\ufe0fa\U000e0041m",
            "look: \u202emaps",
            "\U0001f182\U0001f17f\U0001f170\U0001f17c",
            "\U0001f1f8\U0001f1f5\U0001f1e6\U0001f1f2",
            "\ua731\u1d18\u1d00\u1d0d",
            "spaaaaaam",
            "SPPPPAM",
            "5p@m!",
        ],
    )
    def test_are_seen_through(self, text: str) -> None:
        assert blocks("spam", text)

    def test_work_both_ways(self) -> None:
        assert blocks("n00b", "noob")
        assert blocks("ki11", "KILL")
        assert blocks("kill", "k!ll")

    def test_doubled_letters_stay_apart_from_single_ones(self) -> None:
        assert not blocks("hell", "heel")
        assert not blocks("bob", "boob")
        assert blocks("boob", "boooob")


class TestWildcards:
    def test_say_which_side_is_open(self) -> None:
        assert blocks("shit*", "shitty")
        assert not blocks("shit*", "bullshit")
        assert blocks("*shit", "bullshit")
        assert not blocks("*shit", "shitty")
        assert blocks("*shit*", "bullshitter")

    def test_no_term_is_a_regular_expression(self) -> None:
        assert not blocks("a.c", "abc")
        assert not blocks("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")

    @pytest.mark.parametrize("term", ["*", "**", "!!", "\u200b", " . "])
    def test_without_a_letter_mean_nothing(self, term: str) -> None:
        assert not is_usable(term)
        assert not blocks(term, "anything ! at . all")


class TestCost:
    def test_the_worst_message_against_the_longest_list_is_quick(self) -> None:
        terms = blocked_terms(f"*a{'b' * 40}{n:03d}*" for n in range(MAX_BLOCKED_TERMS))
        worst = ("a" + "b" * 49) * (MAX_MESSAGE_CHARACTERS // 50)
        started = time.process_time()
        for _ in range(20):
            assert not terms.found_in(worst)
        assert (time.process_time() - started) / 20 < 0.02
