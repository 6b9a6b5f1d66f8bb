"""The passwords that guessing starts with, of eight characters and more, in lower case.

`common.txt` are the 15,769 commonest of that length in Mark Burnett's corpus of ten million, by
the counts in zxcvbn's data (github.com/dropbox/zxcvbn, `data/passwords.txt`; its licence, MIT, is
`common.LICENSE.txt`). Beside them stand variants of later years and this product's own name.

It stops the first guesses of an attacker, not the millionth: that is what limits and the hash are
for.
"""

from __future__ import annotations

import functools
from pathlib import Path

_LIST = Path(__file__).with_name("common.txt")
_LATER = """
    0123456789 0987654321 12121212 123123123 1231231234 12341234 5201314520 87654321 987654321
    9876543210 a5201314 aa12345678 aaa111aaa abcabc123 abcdefg123 abcdefgh abcdefghi admin1234
    admin12345 admin123456 admin@123 administrator1 angels123 asdasdasd autumn2024 autumn2025
    autumn2026 babygirl123 bailey123 banana123 barcelona1 bonjour123 changeme123 cheese123
    chelsea123 chouchou contraseña correcthorsebatterystaple cutie123 default123 demo1234
    demodemo diamond123 doudou123 facebook1 facebook123 flower123 fortnite fortnite1
    fortnite123 freedom123 friday123 geheim123 goodluck1 guest123 guest1234 hallo1234 harley123
    hello12345 hellohello helloworld1 iloveu123 instagram iphone123 letmein! letmein12 linkedin
    linkedin1 login123 logmein1 lovelove lovely123 loveme123 manutd99 mickey123 minecraft1
    monday123 mustang123 mylove123 openopen p@ssw0rd1 p@ssword p@ssword1 p@ssword123 pa$$word
    parola123 password1! password12345 phoenix123 playstation1 princess123 qwe12345 qweqweqwe
    qwertyqwerty rainbow123 roblox123 root1234 rootroot schatz123 scooby123 secret1234
    september1 snoopy123 social-flow socialflow socialflow! socialflow1 socialflow123 soleil123
    sommer123 spring2024 spring2025 spring2026 summer123 summer2020 summer2021 summer2022
    summer2023 summer2024 summer2025 summer2026 test12345 test123456 tester123 testtest
    thunder123 tigger123 toor1234 trustno1! twitch123 twitter1 twitter123 user1234 username1
    wang1234 welcome! welcome1! welcome1234 welcome@123 whatever123 windows10 winter123
    winter2020 winter2021 winter2022 winter2023 winter2024 winter2025 winter2026 woaini123
    woaini1314 woaini520 xbox3600 yfnfif123 youtube1 youtube123 zaq1zaq1 zxcvbnm, zxcvzxcv
    zxczxczxc
"""


@functools.cache
def common_passwords() -> frozenset[str]:
    """All of them; read once a process, where a password is chosen."""
    return frozenset(_LIST.read_text(encoding="ascii").split()) | frozenset(_LATER.split())
