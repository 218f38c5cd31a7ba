"""Whoever watches: what is wrong right now, on every staff page, at `/healthz` and from `manage.py watch`.

One computation that needs the database alone, so that it tells of everything else that has stopped.
"""
