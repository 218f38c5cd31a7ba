from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "clinic.staff"

    def ready(self):
        from clinic.staff import emails  # noqa: F401  (registers the kinds of message this app sends)
