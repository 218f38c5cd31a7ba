"""Every start of the product looks at the protocol: a broken one stops it with file, line and what to do."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage

from intake import triage


@checks.register
def the_protocol_loads(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each defect the strict loader finds; the full check is `manage.py protocol check`."""
    try:
        triage.shipped()
    except triage.ProtocolError as error:
        return [checks.Error(str(defect), hint=defect.to_do, id="intake.E001") for defect in error.defects]
    return []


@checks.register
def the_emergency_page_is_the_one_that_was_read(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error when a word of it changed without its readers, or an approved protocol has none."""
    from intake.emergency import page as emergency_page

    hint = "`manage.py emergency_page` prints words and digest. A clinician, and for Spanish a translator, read them."
    try:
        return [checks.Error(fault, hint=hint, id="intake.E003") for fault in emergency_page.faults()]
    except triage.ProtocolError:
        return []  # said already


@checks.register
def the_consent_texts_are_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error when a document patients sign is missing in a language or its file is broken."""
    from intake.signing import texts as consent_texts

    try:
        consent_texts.all_texts()
    except consent_texts.BrokenText as error:
        return [checks.Error(str(error), id="intake.E002")]
    return []
