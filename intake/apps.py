from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self):
        from intake import emails  # noqa: F401  (registers the kinds of message this app sends)
