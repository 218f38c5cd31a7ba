from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self):
        # Looks at the protocol; registers mails.
        from intake import appointment_emails, case_emails, checks, emails, status_emails  # noqa: F401
