"""Cut the faces of pages and PDFs into `.state/faces`: `python -m clinic.faces`."""

from pathlib import Path

from clinic.faces.cutting import cut_all

FOLDER = Path(__file__).resolve().parents[2] / ".state" / "faces"

if __name__ == "__main__":
    cut_all(FOLDER)
