"""Files as offices send them: good ones, and ones that only pretend."""

import io

import pypdf
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def a_pdf(pages=1, change=None) -> bytes:
    """A PDF of blank pages; `change(writer)` makes it something else."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=612, height=792)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_script(writer):
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def with_hidden_script(writer):
    """On a page, behind a reference, when it is turned to."""
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    behind = writer._add_object(DictionaryObject(action))
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): behind})


def with_attachment(writer):
    writer.add_attachment("run.exe", b"MZ")


def with_launch(writer):
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd")})
    writer.root_object[NameObject("/OpenAction")] = action


def with_form(writer):
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<x/>")})


def with_password(writer):
    writer.encrypt("secret")


def a_picture(kind="JPEG", size=(40, 30), exif=True) -> bytes:
    """A picture that says where it was taken."""
    picture = Image.new("RGB", size, "#335577")
    out = io.BytesIO()
    hidden = Image.Exif()
    hidden[0x010F] = "CameraOfEllen"
    hidden[0x0112] = 6  # lies on its side
    picture.save(out, kind, **({"exif": hidden} if exif else {}))
    return out.getvalue()
