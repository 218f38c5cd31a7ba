"""Every address of the product. A new one must be known to `tests/test_house.py`."""

from django.conf import settings
from django.urls import include, path

from clinic.running import health
from clinic.web import views
from intake.watchdog.views import healthz, metrics

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("", include("clinic.sign_in.urls")),
    path("", include("clinic.owning.urls")),
    path("", include("clinic.typed.urls")),
    path("", include("clinic.staff.urls")),
    path("account/", include("allauth.urls")),
    path("messages/", include("clinic.messages.urls")),
    path("", include("intake.urls")),
    path("", include("intake.asking_urls")),
    path("", include("referrals.urls")),
]
if settings.DEMO or settings.ENVIRONMENT == "test":
    urlpatterns.append(path("demo/", include("demo.urls")))

handler400 = "clinic.web.views.bad_request"
handler403 = "clinic.web.views.forbidden"
handler404 = "clinic.web.views.not_found"
handler500 = "clinic.web.views.server_error"
