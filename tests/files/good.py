"""Files as patients have them, made anew each time: PDFs, phone photos that say where they were taken, a study."""

import io
from functools import cache

import pillow_heif
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.referrals.papers import a_pdf

__all__ = ["GPS_MARK", "a_pdf", "a_photo", "a_study"]

GPS_MARK = b"PLACE-OF-ADA"


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "PhoneOfAda"
    exif[0x0112] = 6  # lies on its side
    exif[0x8298] = GPS_MARK.decode()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (43.0, 39.0, 40.0), "W", (70.0, 15.0, 18.0)
    return exif


@cache
def a_photo(kind="JPEG", size=(64, 48), mode="RGB", **more) -> bytes:
    """A picture with a place, a maker, a turn and a comment."""
    picture = Image.effect_noise(size, 60).convert(mode)
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    if kind == "JPEG":
        more = {"comment": GPS_MARK + b" comment", "xmp": b"<x:xmpmeta>" + GPS_MARK + b"</x:xmpmeta>"} | more
    picture.save(out, kind, exif=_exif(), **more)
    return out.getvalue()


def a_study(name="Quill^Ada", birth_date="19820331", *, preamble=bytes(128), pixels=2000, change=None) -> bytes:
    """One picture of a scan, as an imaging center puts it on a disc; `change(dataset)` makes it something else."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    study = FileDataset(None, {}, file_meta=meta, preamble=preamble)
    study.SOPClassUID, study.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    study.SpecificCharacterSet = "ISO_IR 192"
    study.Modality, study.PatientID = "CT", "4711"
    study.PatientName, study.PatientBirthDate = name, birth_date
    study.Rows = study.Columns = 10
    study.PixelData = b"\x07" * pixels
    if change:
        change(study)
    out = io.BytesIO()
    pydicom.dcmwrite(out, study, enforce_file_format=True)
    return out.getvalue()
