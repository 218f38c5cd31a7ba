"""PDFs that act, and PDFs made to exhaust whoever reads them."""

import zlib

from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from tests.referrals import papers
from tests.referrals.papers import a_pdf


def _action(kind, **more):
    return DictionaryObject({NameObject("/S"): NameObject(kind)} | {NameObject(f"/{k}"): v for k, v in more.items()})


def _on_open(kind, **more):
    def change(writer):
        writer.root_object[NameObject("/OpenAction")] = _action(kind, **more)

    return change


def _annotation(subtype, **more):
    def change(writer):
        note = DictionaryObject(
            {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(subtype)}
            | {NameObject(f"/{key}"): value for key, value in more.items()}
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return change


def _in_names(writer):
    script = _action("/JavaScript", JS=TextStringObject("app.alert(1)"))
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})


def active_pdfs():
    js = TextStringObject("app.alert(1)")
    for label, change in {
        "script": papers.with_script,
        "hidden script": papers.with_hidden_script,
        "script by name": _in_names,
        "attachment": papers.with_attachment,
        "launch": papers.with_launch,
        "form of code": papers.with_form,
        "password": papers.with_password,
        "sending": _on_open("/SubmitForm", F=TextStringObject("http://example.com")),
        "import": _on_open("/ImportData", F=TextStringObject("a.fdf")),
        "other file": _on_open("/GoToR", F=TextStringObject("a.pdf")),
        "inner file": _on_open("/GoToE", F=TextStringObject("a.pdf")),
        "film": _annotation("/Movie"),
        "sound": _annotation("/Sound"),
        "rich media": _annotation("/RichMedia"),
        "space": _annotation("/3D"),
        "file on a page": _annotation("/FileAttachment"),
        "script of a button": _annotation("/Widget", A=_action("/JavaScript", JS=js)),
        "script after another action": _annotation(
            "/Link", A=_action("/GoTo", Next=ArrayObject([_action("/JavaScript", JS=js)]))
        ),
        "rendition": _on_open("/Rendition", JS=js),
    }.items():
        yield f"pdf with {label}", "report.pdf", a_pdf(change=change)
    script = a_pdf(change=papers.with_script)
    yield "pdf with a script spelled otherwise", "report.pdf", script.replace(b"/JavaScript", b"/J#61vaScript")
    yield "pdf with a script nobody reaches", "report.pdf", script.replace(b"/OpenAction", b"/OpenNothing")
    yield "pdf without pages", "report.pdf", a_pdf(pages=0)


def _pdf(objects: list[bytes], *, trailer=b"") -> bytes:
    """A PDF of these objects; the first is its root."""
    parts, places, here = [b"%PDF-1.7\n"], [], 9
    for number, content in enumerate(objects, start=1):
        places.append(here)
        parts.append(b"%d 0 obj\n" % number + content + b"\nendobj\n")
        here += len(parts[-1])
    out = b"".join(parts)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Root 1 0 R /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n"
    return out + table + end % (len(objects) + 1, trailer, len(out))


ROOT, PAGES, PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
)


def _stream(data, more=b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), more) + data + b"\nendstream"


def _packed(objects: list[bytes]) -> bytes:
    """The same with a table that says: one more object is packed inside the last of these."""
    whole = _pdf(objects)
    body = whole[: whole.index(b"xref\n")]
    places = [body.index(b"%d 0 obj" % number) for number in range(1, len(objects) + 1)] + [len(body)]
    rows = [(0, 0, 0), *((1, place, 0) for place in places[:-1]), (2, len(objects), 0), (1, places[-1], 0)]
    table = b"".join(bytes([kind]) + where.to_bytes(4, "big") + bytes([index]) for kind, where, index in rows)
    number = len(objects) + 2
    more = b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R" % (number + 1)
    last = b"%d 0 obj\n" % number + _stream(table, more)
    return body + last + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def deep_pdfs():
    deep = b"[" * 60_000 + b"]" * 60_000
    page = PAGE.replace(b">>", b"/X %s >>")
    bomb = zlib.compress(b"1 0 2 0 " + b" " * 150_000_000, 1)
    nested = zlib.compress(zlib.compress(b"\0" * 150_000_000, 1))
    many = b"/ObjStm /N 100000 /First 1000 /Filter /FlateDecode"
    cases = {
        "arrays in arrays": _pdf([ROOT, PAGES, page % deep]),
        "tables in tables": _pdf([ROOT, PAGES, page % (b"<</A" * 60_000 + b">>" * 60_000)]),
        "a text that never ends": _pdf([ROOT, PAGES, page % (b"(" * 90_000)]),
        "pages that hold themselves": _pdf([ROOT, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]),
        "a count of a million pages": _pdf(
            [ROOT, PAGES.replace(b"/Count 1", b"/Count 1000000").replace(b"3 0 R", b"9 0 R")]
        ),
        "one page a hundred thousand times": _pdf([ROOT, PAGES.replace(b"3 0 R", b"3 0 R " * 99_000), PAGE]),
        "five hundred pages": a_pdf(pages=500),
        "a million array items": _pdf([ROOT, PAGES, page % (b"[" + b"0 " * 1_000_000 + b"]")]),
        "packed objects": _packed([ROOT, PAGES, page % b"5 0 R", _stream(bomb, b"/Type " + many)]),
        "packed twice": _pdf(
            [ROOT, PAGES, PAGE, _stream(nested, b"/Type /ObjStm /N 9 /First 9 /Filter [/FlateDecode /FlateDecode]")]
        ),
        "a table of itself": _pdf([ROOT, PAGES, PAGE], trailer=b"/Prev 9"),
        "an endless chain": _pdf([b"2 0 R", b"3 0 R", b"1 0 R"]),
        "a false length": _pdf([ROOT, PAGES, PAGE, b"<< /Length 99999999999 >>\nstream\nx\nendstream"]),
        "a false size": _pdf([ROOT, PAGES, PAGE]).replace(b"/Size 4", b"/Size 4000000000"),
        "a table nowhere": _pdf([ROOT, PAGES, PAGE]).replace(b"startxref\n", b"startxref\n9999999"),
        "no root": _pdf([b"<< /A /B >>"]),
        "a root that is a number": _pdf([b"7"]),
        "a packed table": b"%PDF-1.7\n1 0 obj\n"
        + _stream(bomb, b"/Type /XRef /Size 99999999 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode")
        + b"\nendobj\nstartxref\n9\n%%EOF\n",
        "40,000 objects in a row": _pdf(
            [ROOT, PAGES, page % b"4 0 R", *(b"[%d 0 R]" % n for n in range(5, 40_000)), b"1"]
        ),
        "300,000 objects": _pdf([ROOT, PAGES, page % b"4 0 R", *(b"[%d 0 R]" % n for n in range(5, 300_000)), b"1"]),
    }
    for label, content in cases.items():
        yield f"pdf of {label}", "report.pdf", content
