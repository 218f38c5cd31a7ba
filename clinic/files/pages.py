"""Makes pages of one file, or one PDF of several: a process of its own, with the limits of `opened`.

    python -I pages.py '{"do": "pages"}' < file > answer
    python -I pages.py '{"do": "join", "files": ["/tmp/1.pdf", "/tmp/2.pdf"]}' > answer

The answer is one line of JSON, `{"pages": 3}`, then a PDF. A crash, a timeout or no answer: it cannot be done.
"""

import io
import json
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

LETTER = (612, 792)  # points of a US letter page
MARGIN = 36
DOTS = 200  # an inch: more than a fax shows


def _beside(name: str) -> Any:
    """Load the file of this folder with that name.

    This process sees nothing else of ours.
    """
    where = os.path.join(os.path.dirname(__file__), f"{name}.py")
    module = ModuleType(name)
    SourceFileLoader(name, where).exec_module(module)
    return module


opened = _beside("opened")


def pages_of(file: Any) -> Any:
    """Return a PDF of its pages: those it has, or the one that a picture becomes."""
    import pypdf

    kind = opened.sniff(file.read(1024))
    file.seek(0)
    opened.leave_room()
    if kind == "pdf":
        reader = pypdf.PdfReader(file, strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        return _joined([reader])
    return _joined([pypdf.PdfReader(_of_a_picture(file))])


def _of_a_picture(file: Any) -> io.BytesIO:
    """Return a page with the picture as large as fits, lying where it is wide."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # it was made anew within narrower limits when it came
    with Image.open(file, formats=["JPEG", "PNG"]) as picture:
        width, height = LETTER if picture.height >= picture.width else LETTER[::-1]
        fits = ((width - 2 * MARGIN) * DOTS // 72, (height - 2 * MARGIN) * DOTS // 72)
        picture.thumbnail(fits)
        page = Image.new("RGB", (width * DOTS // 72, height * DOTS // 72), "white")
        shown = picture.convert("RGBA")
        page.paste(shown, ((page.width - shown.width) // 2, (page.height - shown.height) // 2), shown)
    made = io.BytesIO()
    page.save(made, "PDF", resolution=DOTS)
    made.seek(0)
    return made


def _joined(readers: list) -> Any:
    import pypdf

    writer = pypdf.PdfWriter()
    for reader in readers:
        for page in reader.pages:
            page.get_contents()  # one that cannot be read is found here, not by who prints it
            writer.add_page(page)
    writer.add_metadata({"/Title": "Referral letter and papers"})
    return writer


def join(files: list[str]) -> Any:
    """Return one PDF of the pages of all these."""
    import pypdf

    opened.leave_room()
    return _joined([pypdf.PdfReader(name) for name in files])


def main() -> None:
    opened.limit()
    options = json.loads(sys.argv[1])
    writer = join(options["files"]) if options["do"] == "join" else pages_of(sys.stdin.buffer)
    made = io.BytesIO()
    writer.write(made)
    opened.say({"pages": len(writer.pages)})
    sys.stdout.buffer.write(made.getvalue())


if __name__ == "__main__":
    main()
