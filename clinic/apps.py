from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        from clinic.paper import checks as of_fonts  # noqa: F401  registered by being read
        from clinic.running import checks as of_servers  # noqa: F401
