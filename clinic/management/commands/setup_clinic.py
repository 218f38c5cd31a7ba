"""manage.py setup_clinic [FILE]: the first location and its manager, from a file or by asking; safe to run twice."""

import sys
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.owning.location_form import LocationForm
from clinic.owning.person_form import NameForm
from clinic.owning.rules import NotAllowed
from clinic.owning.setting_up import Ready, look_again, set_up, standing, wrong_organization
from clinic.owning.setup_file import Unusable, read
from clinic.sign_in.handing_over import LIVES

LEFT_TO_THE_PAGES = ("fallback", "saw")  # there is no other location yet, and nothing was seen before


class Command(BaseCommand):
    help = (
        "Makes the first location and its manager, who makes everything else on pages. Asks for each value, or takes"
        " them from a file such as clinic/owning/clinic.example.yaml. Run again, it changes nothing, and lets in a"
        " manager who has not got in yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a setup file in YAML; without it, you are asked")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        try:
            ready = self._ready(file)
        except Unusable as refused:
            raise CommandError(f"Nothing was made. {file}\n{refused}") from None
        except NotAllowed as refused:
            raise CommandError(refused.words) from None
        self._tell(ready)

    def _ready(self, file: Path | None) -> Ready:
        if standing():
            return look_again()
        return set_up(*(self._from(file) if file else self._asked()))

    def _from(self, file: Path) -> tuple[LocationForm, NameForm]:
        """Return both forms, valid; raises Unusable with every fault of the file."""
        said = read(file)
        location, manager = LocationForm(said.location.typed), NameForm(said.manager.typed)
        faults = [*said.location.faults_of(location), *said.manager.faults_of(manager)]
        if why := wrong_organization(said.organization):
            faults.append((said.organization_line, why))
        if faults:
            raise Unusable(*faults)
        return location, manager

    def _asked(self) -> tuple[LocationForm, NameForm]:
        if not sys.stdin.isatty():
            raise CommandError("Nobody can be asked here: name a file, such as clinic/owning/clinic.example.yaml.")
        self.stdout.write(f"{settings.ORGANIZATION} (the setting ORGANIZATION)\n\nThe first location.")
        self.stdout.write("Write hours as 8:00-18:00; press Enter for a day that is closed.")
        location = self._ask(LocationForm)
        self.stdout.write("\nThe first manager.")
        return location, self._ask(NameForm)

    def _ask(self, kind: type[forms.ModelForm]) -> Any:
        """Ask for each value, and again for those that cannot be used."""
        form, typed = kind(), {}
        ask = [name for name in form.fields if name not in LEFT_TO_THE_PAGES]
        while ask:
            for name in ask:
                typed[name] = self._answer(form.fields[name])
            form = kind(typed)
            for name, errors in form.errors.items():
                self.stdout.write(f"  {form.fields[name].label}: {' '.join(errors)}")
            ask = list(form.errors)
        return form

    def _answer(self, field: forms.Field) -> str:
        otherwise = field.initial or ""
        try:
            said = input(f"{field.label}{f' [{otherwise}]' if otherwise else ''}: ").strip()
        except (EOFError, KeyboardInterrupt):
            raise CommandError("Nothing was made.") from None
        return said or str(otherwise)

    def _tell(self, ready: Ready) -> None:
        was = "Made" if ready.made else "Here already, and unchanged; what is on pages is changed there"
        self.stdout.write(f"{was}: {ready.location}, managed by {ready.manager} ({ready.manager.email}).")
        if ready.link:
            self.stdout.write(f"\nChoose a password here, within three days:\n{ready.link}")
        if ready.code:
            hours = int(LIVES.total_seconds() // 3600)
            self.stdout.write(f"\nThe code for the second step, within {hours} hours: {ready.code}")
        if ready.link or ready.code:
            self.stdout.write("\nBoth are shown only now. Lost or late: run this command again. Do not mail the code.")
            self.stdout.write(f"Then sign in at {settings.SITE_URL}/queue/, and invite a therapist under Staff.")
