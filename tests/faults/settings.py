"""The product's settings, for workers that meet a silent mail server every other second."""

from clinic.settings import *  # noqa: F403

EMAIL_TIMEOUT = 2  # ten seconds for each silence would make an hour of twenty rounds; one is short for a busy machine
