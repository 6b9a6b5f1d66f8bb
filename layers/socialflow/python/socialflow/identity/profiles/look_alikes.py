"""Names that look alike, so that nobody can pass for somebody else or for the company.

The way of Unicode Technical Standard 39: two names are confusable where their *skeletons* are the
same (section 4), and words that mix scripts are suspect (section 5.1). A skeleton is for comparing
alone; nobody is shown one.

Handles are ASCII, so theirs is a handful of rules. Display names are any text: what Unicode itself
calls a variant of a letter (full width, mathematical, circled, accented) is taken back by NFKD, and
`_DRAWN_AS` names the letters of other scripts that common fonts draw as a Latin one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# m and w are what they are mistaken for, not the reverse: so `rrn`, `rm` and `vvv`, `vw` meet too.
_HANDLE: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "m": "rn", "w": "vv"})

# Cyrillic, Greek, Armenian, Cherokee, Lisu and Latin's own odd letters, after case folding.
_DRAWN_AS: Final = str.maketrans(
    {
        letter: latin
        for latin, letters in {
            "a": "\u0430\u03b1\u0251\u1d00\u237a",
            "b": "\u042c\u044c\u0432\u03b2\u0299\u0253\u0184\u0185",
            "c": "\u0441\u03f2\u1d04\u217d\u023c\u2ca5",
            "d": "\u0501\u0257\u0256\u0111\u1d05\u217e",
            "e": "\u0435\u0454\u0451\u03b5\u1d07\u212e\u0247\u04bd\u0259\u01dd",
            "f": "\u0192\u0584\u1e9d\ua799\u03dd",
            "g": "\u0261\u0260\u0581\u0262\u01e5\u050d",
            "h": "\u04bb\u0570\u029c\u043d\u0127\u0266",
            "i": "\u0456\u0457\u03b9\u0131\u026a\u0269\u0268\u04cf\u04c0\u01c0\u2110",
            "j": "\u0458\u03f3\u1d0a\u0249",
            "k": "\u043a\u03ba\u1d0b\u0199\u049b\u049f",
            "l": "\u0142\u026b\u026d\u029f\u217c\u2223\u05c0\u0627\u0964\u2d4f",
            "m": "\u043c\u1d0d\u217f\u0271",
            "n": "\u0578\u057c\u0274\u03b7\u0273\u0272\u043f\u0438",
            "o": "\u043e\u03bf\u0585\u1d0f\u00f8\u0275\u04e9\u03c3\u0665\u06f5\u0966\u3007\u25cb",
            "p": "\u0440\u03c1\u03c6\u1d18\u01bf\u2ca3\u03f7\u03f8",
            "q": "\u051b\u0566\u024b\u02a0",
            "r": "\u0433\u1d26\u0280\u027d\u027e\u044f",
            "s": "\u0455\u0282\ua731\u01bd\u1e9b",
            "t": "\u0442\u03c4\u1d1b\u0288\u0167\u01ad",
            "u": "\u03c5\u057d\u1d1c\u028a\u028b\u0446",
            "v": "\u0475\u03bd\u1d20\u2174\u05d8\u0667\u06f7",
            "w": "\u051d\u03c9\u0461\u1d21\u026f\u0448",
            "x": "\u0445\u03c7\u2179\u00d7\u04b3",
            "y": "\u0443\u03b3\u04af\u028f\u1eff\u0263\u0447",
            "z": "\u1d22\u01b6\u0290\u0225",
        }.items()
        for letter in letters
    }
    # Letters that look Latin as capitals alone: Greek's, and those of Cherokee and Lisu.
    | dict(
        zip(
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
            "\u13aa\u13d9\u13df\u13a0\u13a9\u13bb\u13a5\u13ab\u13e6\u13de\u13b7\u13e2\u13e3\u13da\u13d4"
            "\u13b3\u13c3\ua4ee\ua4d0\ua4da\ua4d3\ua4f0\ua4d6\ua4e7\ua4f2\ua4d9\ua4d7\ua4e1\ua4e0"
            "\ua4f3\ua4d1\ua4e3\ua4e2\ua4d4\ua4f4\ua4e6\ua4ea\ua4eb\ua4ec\ua4dc",
            "abezhikmnoptyx" + "avcdyhijklmprsw" + "wzabcdeghijkmn" + "oprstuvwxyf",
            strict=True,
        )
    )
)
_DIGITS: Final = str.maketrans("0134578", "oleastb")
# Scripts whose letters are drawn alike. A word of two of them is made to deceive; others mix
# honestly, as Latin does with Han and kana.
_ALIKE: Final = frozenset(
    {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET"}
)

# Words that speak for the company. A display name may hold one beside a name of one's own
# (`Ann Support`), but not be made of them alone.
_AUTHORITY_WORDS: Final = """
    abuse admin admins administration administrator administrators billing compliance copyright
    help helpdesk legal mod moderation moderator moderators mods official officials payments
    payouts postmaster privacy root safety security staff superadmin superuser support sysadmin
    system team trust verification verified webmaster
"""
_AUTHORITY: Final = frozenset(_AUTHORITY_WORDS.split())
_CONNECTING: Final = frozenset(
    ["a", "account", "and", "by", "center", "centre", "desk", "for", "from", "of", "our", "the"]
)
_COMPANY: Final = "socialflow"


def handle_skeleton(handle: str) -> str:
    """What a handle in normal form is compared by: look-alikes have the same.

    `0` is `o`, `1` and `i` are `l`, `rn` is `m`, `vv` is `w`, and a run of underscores is one.
    """
    return re.sub("_+", "_", handle.translate(_HANDLE))


def imitates_reserved(handle: str, reserved: frozenset[str]) -> bool:
    """Whether a handle in normal form would be read as one of the reserved: `adm1n`, `_support_`.

    Underscores do not count here: they set nobody apart from the company.
    """
    return _bare(handle) in {_bare(each) for each in reserved}


def claims_authority(display_name: str) -> bool:
    """Whether a display name would be read as the company or as one of its roles."""
    words = [_folded(word) for word in re.split(r"[\W_]+", _letters(display_name)) if word]
    joined = "".join(words)
    if _skeleton(_COMPANY) in _skeleton(joined):
        return True
    known = [_is_any(word, _AUTHORITY) for word in words]
    others = [word for word, found in zip(words, known, strict=True) if not found]
    if any(known) and all(word in _CONNECTING for word in others):
        return True
    # `A d m i n`, `s.t.a.f.f`: letters set apart.
    return len(words) > 2 and max(map(len, words)) == 1 and _is_any(joined, _AUTHORITY)


def mixes_scripts(text: str) -> bool:
    """Whether some word of the text has letters of two scripts that are drawn alike."""
    for word in re.split(r"\s+", text):
        scripts = {_script(character) for character in word if character.isalpha()}
        if len(scripts & _ALIKE) > 1:
            return True
    return False


def _bare(handle: str) -> str:
    return handle_skeleton(handle).replace("_", "")


def _is_any(word: str, known: frozenset[str]) -> bool:
    wanted = _skeleton(word)
    return any(_skeleton(each) == wanted for each in known)


def _letters(text: str) -> str:
    """The text without variants, marks, and what is not seen at all."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def _folded(word: str) -> str:
    """The word in Latin letters, as far as it looks like them."""
    # Twice: what a letter is drawn as may have been a capital.
    return word.translate(_DRAWN_AS).casefold().translate(_DRAWN_AS)


def _skeleton(word: str) -> str:
    return word.translate(_DIGITS).translate(_HANDLE)


def _script(letter: str) -> str:
    """The script in a letter's Unicode name, which begins with it."""
    return unicodedata.name(letter, "").partition(" ")[0]
