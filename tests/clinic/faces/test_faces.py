"""The faces of the pages: cut from pinned packages, small, under our own name, and missed by nobody."""

from pathlib import Path

import pytest
from django.conf import settings as the_settings
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont

from clinic.faces import FOR_PRINT, cutting
from clinic.faces.cutting import FACES, LETTERS, PRINTED


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """Take those of set-up, unless the cutting was changed since."""
    last = the_settings.FACES_DIR / FOR_PRINT
    if last.is_dir() and last.stat().st_mtime > Path(cutting.__file__).stat().st_mtime:
        return the_settings.FACES_DIR
    folder = tmp_path_factory.mktemp("faces")
    cutting.cut_all(folder)
    return folder


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_a_face_bears_our_name_and_its_licence_lies_beside_it(cut, face):
    """The licence keeps the original's name for the original; a cut one under that name would break it."""
    font = TTFont(cut / face.file)
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1] == face.name
    assert not any("Source" in names.get(kind, "") for kind in (1, 3, 4, 6, 7, 16, 25))
    licence = (cut / face.file.replace(".woff2", "-licence.txt")).read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in licence


@pytest.mark.parametrize("one", PRINTED, ids=lambda one: one.file)
def test_paper_has_the_same_faces_under_the_same_names(cut, one):
    font = TTFont(cut / FOR_PRINT / one.file)
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert names[1] == one.face.name
    assert not any("Source" in names.get(kind, "") for kind in (1, 3, 4, 6, 7, 16, 25))
    assert "fvar" not in font, "typst reads no variable face"


def test_both_together_are_a_light_load_for_an_old_phone(cut):
    assert sum((cut / face.file).stat().st_size for face in FACES) <= 60_000


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_every_letter_of_both_languages_is_there(cut, face):
    letters = TTFont(cut / face.file).getBestCmap()
    asked = "¿Dónde le duele? ¡Llame al 911! áéíóúüñ ÁÉÍÓÚÜÑ – — “ ” ‘ ’ … « » → ✓ × · ≥"
    assert [letter for letter in asked if ord(letter) not in letters] == []
    assert len(letters) <= len(LETTERS)


def test_a_page_names_them_only_where_they_were_cut(settings, cut, tmp_path):
    settings.FACES_DIR = cut
    assert "faces/plumbline-sans.woff2" in render_to_string("404.html")
    settings.FACES_DIR = tmp_path / "never cut"
    assert "faces/" not in render_to_string("404.html")
