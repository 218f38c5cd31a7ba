from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        # Registers the kinds of message this app sends, and its tasks.
        from referrals.desk import whose_mail  # noqa: F401
        from referrals.moves import delivery_emails, emails, fax_emails, fax_results, left  # noqa: F401
        from referrals.today import morning  # noqa: F401
