"""The Celery application. Tasks wake sweeps; the rows in the database say what is due."""

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import redis
from redis.exceptions import ConnectionError as Lost

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

MOST_SECONDS_APART = 3  # two tries for a broker that was lost; the default grows to half a minute


class Channel(redis.Channel):
    """One whose connection was given up is lost, like one that broke.

    A worker that loses Redis in the middle of a task gives its connection up, and then closes the channel, which would
    put the task back. Without a connection that is an AttributeError, which nobody expects: the worker ended with it.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise Lost("The connection to the broker was given up.")
        return super()._connparams(asynchronous)


class Transport(redis.Transport):
    Channel = Channel


class Broker(Connection):
    """A connection whose tries to come back stay seconds apart, however long the broker was away."""

    def _ensure_connection(
        self,
        errback: Any = None,
        max_retries: int | None = None,
        interval_start: float = 1,
        interval_step: float = 1,
        interval_max: float = MOST_SECONDS_APART,  # all of them also by place: publishing gives them so
        **more: Any,
    ) -> Any:
        return super()._ensure_connection(errback, max_retries, interval_start, interval_step, interval_max, **more)

    def get_transport_cls(self) -> type:
        found = super().get_transport_cls()
        return Transport if found is redis.Transport else found


class OurAMQP(AMQP):
    Connection = Broker


app = Celery("plumbline", amqp=OurAMQP)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
