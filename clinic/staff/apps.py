from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinic.staff"

    def ready(self):
        from clinic.staff import checks, emails, events  # noqa: F401  (they register themselves)
