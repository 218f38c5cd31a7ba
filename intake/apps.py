from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self):
        from intake import checks, emails, status_emails  # noqa: F401  (looks at the protocol; registers mails)
