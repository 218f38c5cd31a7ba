"""The bell that wakes a sweep. The rows are the truth: when it cannot be rung, the next regular sweep finds them."""

import logging
import threading

from celery import current_app
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)
SWEEP = "clinic.messages.tasks.sweep"  # the task, by the name it has on every broker
_ringing = threading.Lock()


def ring() -> None:
    """Ask a worker to sweep now. Returns at once: nobody who saves a page waits for the broker, or hears it is down."""
    if _ringing.acquire(blocking=False):  # one that is being rung will do for both
        threading.Thread(target=_ring, name="bell", daemon=True).start()


def _ring() -> None:
    try:
        with current_app.connection_for_write(connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1)  # publishing alone would try for ever
            current_app.send_task(SWEEP, connection=broker, retry=False, expires=60)
    except (KombuError, OSError):
        log.warning("The broker did not answer; messages wait for the next regular sweep.")
    finally:
        _ringing.release()
