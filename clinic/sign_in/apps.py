from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "clinic.sign_in"

    def ready(self) -> None:
        from clinic.sign_in import emails, events  # noqa: F401  (they register themselves)
