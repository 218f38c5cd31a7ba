"""The Celery application. Tasks wake sweeps; the rows in the database say what is due."""

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

MOST_SECONDS_APART = 3  # two tries for a broker that was lost; the default grows to half a minute


class Broker(Connection):
    """A connection whose tries to come back stay seconds apart, however long the broker was away."""

    def _ensure_connection(self, errback: Any = None, max_retries: int | None = None, **more: Any) -> Any:
        more |= {"interval_start": 1, "interval_max": MOST_SECONDS_APART}
        return super()._ensure_connection(errback, max_retries, **more)


class OurAMQP(AMQP):
    Connection = Broker


app = Celery("plumbline", amqp=OurAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
