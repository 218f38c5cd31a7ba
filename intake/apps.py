from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self):
        from intake import checks, emails  # noqa: F401  (the protocol is looked at; kinds of message are registered)
