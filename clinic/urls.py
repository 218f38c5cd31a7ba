"""Every address of the product. A new one must be known to `tests/test_house.py`."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from clinic import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("account/", include("allauth.urls")),
    path("messages/", include("clinic.messages.urls")),
    path("", include("intake.urls")),
    path("", include("intake.asking_urls")),
    path("", include("referrals.urls")),
]
if settings.DEMO or settings.ENVIRONMENT == "test":
    urlpatterns.append(path("demo/", include("clinic.demo.urls")))

handler400 = "clinic.views.bad_request"
handler403 = "clinic.views.forbidden"
handler404 = "clinic.views.not_found"
handler500 = "clinic.views.server_error"
