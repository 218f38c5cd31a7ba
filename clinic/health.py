"""Is the process alive, and is everything it needs there?"""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse


@login_not_required
def livez(request):
    return JsonResponse({"live": True})


@login_not_required
def readyz(request):
    return JsonResponse({"ready": True})
