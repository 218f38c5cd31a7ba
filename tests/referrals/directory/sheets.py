"""Files of offices as spreadsheets write them."""

import csv
from io import StringIO

from django.core.files.uploadedfile import SimpleUploadedFile

from referrals.directory import actions

HEADINGS = ("Specialty", "Name", "Credentials", "NPI", "Practice", "Street", "City", "State", "ZIP", "Phone", "Plans")
ROW = {
    "Specialty": "Neurologist",
    "Name": "Noor Adeyemi",
    "Credentials": "MD",
    "NPI": "1234567893",
    "Practice": "Casco Nerve Center",
    "Street": "1 Harbor Street",
    "City": "Portland",
    "State": "ME",
    "ZIP": "04101",
    "Phone": "207-555-0170",
    "Plans": "Harbor PPO; Medicare",
}


def sheet(*rows, headings=HEADINGS, separator=",", code="utf-8-sig") -> bytes:
    """Return the bytes of a file with these rows, each ROW but for what is said."""
    written = StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([(ROW | row).get(heading, "") for heading in headings] for row in rows)
    return written.getvalue().encode(code)


def upload(content: bytes, name="offices.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def kept(content: bytes, by):
    return actions.keep_file(upload(content), by=by)


def put_in(content: bytes, by):
    """Look at a file, put it in, and return it."""
    one = kept(content, by)
    assert actions.confirm_import(one, saw=actions.preview_of(one).mark, by=by)
    one.refresh_from_db()
    return one
