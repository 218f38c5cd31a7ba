from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "clinic.messages"
    label = "outbox"  # Django's own `messages` (the notes on top of a page) holds the plain name
