"""The papers a version of the letter was made with, as files to hand out."""

from referrals.models import Enclosure, Letter


def enclosed_with(letter: Letter | None) -> list[Enclosure]:
    """Return what goes along with this version, in its order."""
    ids = [one["id"] for one in letter.content.get("enclosures", ())] if letter else []
    if not ids:
        return []
    found = Enclosure.objects.filter(public_id__in=ids).select_related("patient_file", "report", "referral")
    there = {str(one.public_id): one for one in found}
    return [there[id_] for id_ in ids if id_ in there]
