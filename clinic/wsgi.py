"""The web process: `gunicorn clinic.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

application = get_wsgi_application()

from django.db import connections  # noqa: E402

from clinic.sign_in.lost_keys import refuse_lost_keys  # noqa: E402  (needs the apps)

refuse_lost_keys()
connections.close_all()  # each thread that serves opens its own
