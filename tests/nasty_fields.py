"""Nasty dates, numbers, choices, hidden values and whole requests, to go with the strings of `nasty`."""

from datetime import date, timedelta

from tests.nasty import SPACES


def dates(today: date) -> list[tuple[str, str, str]]:
    """120 dates that are wrong, odd or at an edge."""
    far = [today + timedelta(days=days) for days in (1, 2, 365, 36_500)]
    old = [date(today.year - years, today.month, 1) for years in (119, 120, 121, 130, 200)]
    real = [(str(day.month), str(day.day), str(day.year)) for day in (*far, *old)]
    leap = [("2", day, year) for day in ("29", "30", "31", "0") for year in ("1900", "2000", "2023", "2024")]
    years = ["0", "1", "-1", "0000", "99", "61", "1799", "1800", "9999", "10000", "99999999999", "2O24", "20 24", ""]
    odd_years = [("3", "31", year) for year in years]
    signs = [
        "٢٠٢٤", "２０２４", "२०२४", "²", "Ⅷ", "1e3", "0x7", "NaN", "∞", "-0", "+3", "3.5", "3,5", " 3", "3 ", "3\x00",
        "\u200b3", "March", "marzo", "three", "'3", "<3", "{{3}}", "3;", "1/2", "٣", "３",
    ]  # fmt: skip
    odd = [(sign, "31", "1982") for sign in signs] + [("3", sign, "1982") for sign in signs]
    gaps = [
        ("", "", "1982"),
        ("3", "", ""),
        ("", "31", ""),
        ("13", "1", "1982"),
        ("0", "1", "1982"),
        ("4", "31", "1982"),
    ]
    edges = [("3", "8", "2026"), ("11", "1", "2026"), ("12", "31", "1999"), ("1", "1", "1800"), ("31", "3", "1982")]
    more = [("03", "031", "1982"), ("3", "31", "01982"), ("3", "2147483648", "1982"), ("3", "31", "1982" * 9)]
    spaced = [(space, space, space) for space in SPACES[:12]]  # these and 2147483648 broke the first page: keep them
    return [*real, *leap, *odd_years, *odd, *gaps, *edges, *more, *spaced]


NUMBERS = (
    "1e309", "-1e309", "1e3", "1E3", "-0", "+0", "0", "00", "007", "-1", "-10", "11", "12", "120", "121", "999",
    "9" * 400, "NaN", "nan", "Infinity", "-Infinity", "inf", "1_000", "1 000", "1,000", "1.0", "1,0", "1.", ".5", "0.5",
    "5.5", "0x10", "0b11", "0o7", "1/2", "½", "²", "Ⅷ", "１２", "٣", "३", "五", "1\u00a0000",
    "1\u202f000", "--1", "+-1",
    "1-", "1+1", "=1", "'1", "1;", "1\x00", "\x001", "1\n2", "\u200b5", "5\u200b", " 5", "5 ", "\t5", "５", "5%", "$5",
    "5a", "a5", "true", "false", "null", "None", "[]", "{}", "()", "[5]", '"5"', "-2147483649", "2147483648",
    "9223372036854775808", "-9223372036854775809", "18446744073709551616", "4.9e-324", "1" + "0" * 30,
)  # fmt: skip


def choices(own: list[str], other: str) -> list[list[str]]:
    """60 ways to answer a question with the options `own`; `other` is an option of another question."""
    first, last = own[0], own[-1]
    wrong = [
        other, "", " ", "unknown", first.upper(), f" {first}", f"{first} ", f"{first}\x00", f"{first},{last}",
        f"['{first}']", f"{first}[]", f"{first}/", f"../{first}", f"{first}--", f"<{first}>", "0", "-1", "1e9", "null",
        "None", "true", "false", "on", "__proto__", "constructor", "__class__", "*", "%", "all", "ALL", "none'", "NONE",
        f"{first}\n", f"{first}\u200b", f"\u202e{first}", first[::-1] + "!", first * 100, "x" * 5000, "é", "\ud800",
    ]  # fmt: skip
    alone = [[one] for one in wrong]
    together = [
        own, own * 2, [first, first], [first, last], [last, first], [first, other], [other, other], [first, ""],
        ["", ""], [first, "unknown"], own[::-1], [first] * 500, [*own, "none"], ["none", "unsure"], [first, "none"],
        ["none", "none"], ["unsure", first], [str(number) for number in range(100)], [first, "\x00"], [],
    ]  # fmt: skip
    return alone + together


def hidden(good: str) -> list[str]:
    """60 values in place of a hidden one that was `good`."""
    cut = [good[:length] for length in range(min(len(good), 12))]
    turned = [good[::-1], good.upper(), good.lower(), good + good, good + "=", f" {good}", f"{good}\x00", f"'{good}'"]
    versions = [
        "-1",
        "0",
        "1",
        "2",
        "00",
        "01",
        "1.0",
        "1e9",
        "+1",
        "１",
        "٣",
        "2147483647",
        "2147483648",
        "9223372036854775808",
        "NaN",
        "true",
        "null",
        "[]",
        "{}",
    ]
    tokens = [
        "a:b:c", "::", ":", "eyJ:1:x", "." * 50, "x" * 5000, "9" * 400, "../x", "%00", "\x00", "\r\nX: y", "é",
        "\ud800", "<b>", '"', "00000000-0000-0000-0000-000000000000", "00000000-0000-4000-8000-000000000000",
        "ffffffff-ffff-4fff-bfff-ffffffffffff", "None", "undefined", "-", "--", "0x1", "1;2",
    ]  # fmt: skip
    found = list(dict.fromkeys([*turned, *versions, *tokens, *cut]))
    return (found + [f"{good}{number}" for number in range(60)])[:60]


# Bodies of requests --------------------------------------------------------------------------------------------------


def structures(good: bytes, names: list[str]) -> list[tuple[str, bytes, dict]]:
    """150 requests built wrong: (content type, body, headers). `good` is the right body, `names` its fields."""
    form, first = "application/x-www-form-urlencoded", names[0].encode()
    bodies = [
        b"", b"&", b"=", b"&&&&", b"====", b"%", b"%zz", b"%00", b"a[b]=1", b"a[][]=1", b"__proto__=1",
        b"constructor.prototype=1", b"a.b.c=1", first, first + b"[]=1", first + b"%5b0%5d=1", b";".join([first] * 9),
        good + b"&" + good, good + b"&id=1&pk=1&submitted_at=now&urgency=0&is_staff=1&location=x",
        good[: len(good) // 2],
        good + b"&" + b"a=1&" * 900, b"&".join(b"f%d=1" % number for number in range(10_000)),
        b"a=" + b"b" * 3_000_000,
        b"\xff\xfe\x00a", good + b"&x=\xff\xfe", good + b"&\xff=1", b"{" * 100, b"[" * 5000,
        good.replace(b"=", b"%3D"),
        good.replace(b"&", b";"),
    ]  # fmt: skip
    found: list[tuple[str, bytes, dict]] = [(form, body, {}) for body in bodies]
    for name in names[:12]:
        key = name.encode()
        parts = [part for part in good.split(b"&") if not part.startswith(key + b"=")]
        found.append((form, b"&".join(parts), {}))  # missing
        found.append((form, b"&".join([*parts, key + b"="]), {}))  # empty
        found.append((form, good + b"&" + key + b"=again", {}))  # twice
        found.append((form, b"&".join([*parts, key + b"[x]=1"]), {}))  # nested
    kinds = [
        "application/json", "application/xml", "text/xml", "text/plain", "application/octet-stream", "", "nonsense",
        "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=nonsense",
        "application/json; charset=nonsense", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "b" * 300, "multipart/mixed; boundary=b",
        "multipart/form-data; boundary=\x00",
        "APPLICATION/X-WWW-FORM-URLENCODED", "image/png", "*/*",
    ]  # fmt: skip
    found += [(kind, body, {}) for kind in kinds for body in (good, b'{"a":1}')]
    part = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\nx\r\n'
    multipart = "multipart/form-data; boundary=b"
    pieces = [
        b"", b"--b", b"--b--", b"--b\r\n\r\n--b--", part % (first, b""), part % (first, b"") + b"--b--",
        part % (b"", b"") + b"--b--", part % (first, b'; filename="x.png"') + b"--b--",
        part % (first, b'; filename="../../x"') + b"--b--", part % (b"\x00", b"") + b"--b--",
        part % (b"a" * 9000, b"") + b"--b--", (part % (first, b"")) * 2000 + b"--b--",
        b"".join(part % (b"file%d" % number, b'; filename="x"') for number in range(5000)) + b"--b--",
        part % (first, b"") + b"--c--", b"--b\nContent-Disposition: form-data; name=a\n\nx\n--b--",
        part % (first, b"\r\nContent-Transfer-Encoding: base64") + b"--b--",
        part % (first, b"\r\nContent-Type: text/plain; charset=nonsense") + b"--b--",
        part % (b'a"; name="b', b"") + b"--b--",
    ]  # fmt: skip
    found += [(multipart, body, {}) for body in pieces]
    headers = [
        {"HTTP_CONTENT_ENCODING": "gzip"}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "0"},
        {"CONTENT_LENGTH": "5"}, {"CONTENT_LENGTH": "1"}, {"CONTENT_LENGTH": "00"}, {"CONTENT_LENGTH": ""},
        {"HTTP_HX_REQUEST": "true"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 5000}, {"HTTP_ACCEPT_LANGUAGE": "es;q=nan"},
        {"HTTP_ACCEPT": "nonsense"}, {"HTTP_COOKIE": "plumbline_intake=nonsense"}, {"HTTP_EXPECT": "100-continue"},
        {"HTTP_RANGE": "bytes=0-1"}, {"HTTP_IF_MATCH": "*"}, {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
        {"HTTP_REFERER": "\x00"}, {"HTTP_USER_AGENT": "'" * 5000},
    ]  # fmt: skip
    found += [(form, good, header) for header in headers]
    found += [(form, good + b"&extra%d=x" % number, {}) for number in range(150)]
    return found[:150]
