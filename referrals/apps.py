from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self):
        from referrals.moves import emails  # noqa: F401  (registers the kinds of message this app sends)
