"""Write every kind of mail as pictures: `python -m tests.mail_pictures FOLDER`.

Patients' in both languages; each light and dark, 360 and 640 pixels wide, and six of them on each sheet. The mails are
those of the test that holds one of every kind, so nobody real is in them.
"""

import os
import sys
from pathlib import Path

import pytest

THE_TEST = "tests/journeys/test_mail_pictures.py"


def main() -> int:
    """Run the test that looks at them, and keep what it sees."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PLUMBLINE_MAIL_PICTURES"] = str(folder)
    return int(pytest.main(["-q", THE_TEST]))


if __name__ == "__main__":
    sys.exit(main())
