"""Adds who and where to the history that database triggers keep of every change."""

import pghistory
import pghistory.config


class WhoChangedIt:
    """Staff id and route name go with each change. The path does not: it may hold the secret of a link."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with pghistory.context(user=request.user.pk if request.user.is_authenticated else None):
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            pghistory.context(page=request.resolver_match.view_name)
        return None
