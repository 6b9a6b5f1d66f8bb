"""The passwords that guessing starts with, of eight characters and more, in lower case.

The head of what public breach counts agree on, and this product's own name. It stops the first
guesses of an attacker, not the millionth: that is what rate limits and the hash are for.
"""

_LIST = """
    password password1 password2 password3 password12 password123 password1234 password12345
    password! password1! passw0rd passw0rd1 p@ssword p@ssw0rd p@ssword1 p@ssw0rd1 p@ssword123
    pa55word pa$$word passwort passwort1 motdepasse contrasena contraseña senha123 parola123
    12345678 123456789 1234567890 12345678910 123456789a 123456789q 1234567891 0123456789
    87654321 987654321 9876543210 0987654321 123123123 1231231234 12341234 123454321 123321123
    12121212 11223344 1122334455 112233445566 11112222 12344321 102030405060 147258369 159753456
    147852369 741852963 789456123 789456123a 456789123 321654987 123654789 963852741 159357456
    1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 qazwsxedc qazwsxedcrfv
    zaq12wsx zaq1zaq1 zaq1xsw2 !qaz2wsx 1qaz!qaz q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qwer1234
    qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuiop qwertyuiop123
    qwerty11 qwertyqwerty asdfghjk asdfghjkl asdfghjkl1 asdf1234 asdfasdf asdfqwer zxcvbnm1
    zxcvbnm123 zxcvbnm, zxcvbnmz 1234qwer 123qweasd 123qweasdzxc 12qwaszx 12345qwert qweasdzxc
    qweasd123 qazxswedc azertyuiop azerty123 abcd1234 abc12345 abc123456 abc123abc a1b2c3d4
    a12345678 a123456789 aa123456 aa123456789 aa12345678 aaa111aaa abcdefgh abcdefghi abcdefg1
    abcdefg123 abcabc123 aabbccdd iloveyou iloveyou1 iloveyou2 iloveyou! iloveyou123 loveyou1
    loveme123 ilovegod ilovejesus iloveu123 lovelove mylove123 sunshine sunshine1 princess
    princess1 princess123 football football1 football123 baseball baseball1 basketball
    basketball1 superman superman1 superman123 batman123 spiderman spiderman1 pokemon1
    pokemon123 starwars starwars1 michelle jennifer jennifer1 jonathan danielle elizabeth
    elizabeth1 nicholas nicholas1 christian christopher benjamin benjamin1 samantha samantha1
    alexander alexander1 alexandra patricia veronica victoria victoria1 stephanie anthony1
    charlie1 charlie123 michael1 jessica1 matthew1 andrew123 thomas123 daniel123 computer
    computer1 internet internet1 whatever whatever1 trustno1 trustno1! welcome1 welcome12
    welcome123 welcome1234 welcome! welcome1! welcome2 welcome@123 letmein1 letmein123 letmein!
    letmein12 changeme changeme1 changeme123 admin123 admin1234 admin12345 admin123456
    admin@123 administrator administrator1 root1234 rootroot toor1234 testtest test1234
    test12345 testing1 testing123 test123456 tester123 guest123 guest1234 user1234 username
    username1 secret123 secret1234 default1 default123 demo1234 demodemo temp1234 temporary
    login123 logmein1 access14 access123 master123 master12 killer123 hunter12 hunter123
    shadow123 shadow12 dragon123 dragon12 monkey123 monkey12 freedom1 freedom123 liverpool
    liverpool1 arsenal1 arsenal123 chelsea1 chelsea123 barcelona barcelona1 realmadrid juventus
    manchester manutd99 cowboys1 steelers steelers1 patriots yankees1 lakers24 redskins
    mercedes ferrari1 corvette mustang1 mustang123 chocolate chocolate1 butterfly butterfly1
    blink182 metallica metallica1 slipknot slipknot1 nirvana1 greenday greenday1 linkinpark
    summer2020 summer2021 summer2022 summer2023 summer2024 summer2025 summer2026 winter2020
    winter2021 winter2022 winter2023 winter2024 winter2025 winter2026 spring2024 spring2025
    spring2026 autumn2024 autumn2025 autumn2026 summer123 winter123 january1 february september
    september1 november november1 december december1 monday123 friday123 samsung1 samsung123
    iphone123 google123 facebook facebook1 facebook123 youtube1 youtube123 instagram twitter1
    twitter123 twitch123 myspace1 linkedin linkedin1 microsoft windows10 minecraft minecraft1
    minecraft123 fortnite fortnite1 fortnite123 roblox123 counterstrike callofduty warcraft
    warcraft1 nintendo playstation playstation1 xbox3600 abcd12345 zxc12345 zxcv1234 zxcvzxcv
    zxcvbnm12 q1234567 q12345678 q123456789 w1234567 z1234567 123456aa 123456ab 123456abc
    123456qwe 123456qwerty 1234abcd 1234567a 1234567q 12345678a 12345678q 123abc123 123456987
    1a2b3c4d 1a2s3d4f 5201314520 woaini1314 woaini520 woaini123 a5201314 qq123456 qq123456789
    wang1234 asd123456 asd12345 qwe123456 qwe12345 qweqweqwe qwe123qwe asdasdasd asdasd123
    zxczxczxc gfhjkm123 yfnfif123 marseille bonjour1 bonjour123 soleil123 chouchou doudou123
    schatz123 hallo123 hallo1234 sommer123 geheim123 fussball hellohello hello123
    hello1234 hello12345 helloworld helloworld1 goodluck goodluck1 godisgood jesus123 jesuschrist
    blessed1 blessing angel123 angels123 babygirl babygirl1 babygirl123 babyboy1 lovely123
    beautiful beautiful1 sweetheart sweetie1 cutie123 flower123 flowers1 rainbow1 rainbow123
    diamond1 diamond123 cookie123 banana123 cheese123 pepper123 ginger123 buster123 bailey123
    maggie123 harley123 tigger123 snoopy123 mickey123 garfield scooby123 matrix123 phoenix1
    phoenix123 gandalf1 thunder1 thunder123 midnight midnight1 creative creative1 victory1
    champion champion1 forever1 forever21 nothing1 anything something blahblah whatever123
    openopen opensesame letmeinnow fuckyou1 fuckyou2
    bullshit bullshit1 correcthorsebatterystaple
    socialflow socialflow1 socialflow123 socialflow! social-flow
"""

COMMON_PASSWORDS = frozenset(_LIST.split())
