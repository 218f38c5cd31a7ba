from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        # Looks at the protocol; registers mails.
        from intake import checks  # noqa: F401
        from intake.desk import whose_mail  # noqa: F401
        from intake.door import emails, status_emails  # noqa: F401
        from intake.handover import emails as handover_emails  # noqa: F401
        from intake.review import emails as case_emails  # noqa: F401
        from intake.visits import emails as appointment_emails  # noqa: F401
