from django.apps import AppConfig


class OnCallConfig(AppConfig):
    name = "clinic.on_call"

    def ready(self) -> None:
        from clinic.on_call import emails  # noqa: F401  (registered by being read)
