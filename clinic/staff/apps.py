from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinic.staff"

    def ready(self) -> None:
        from clinic.staff import checks  # noqa: F401  (registered by being read)
