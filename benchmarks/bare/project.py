"""A Django project with one view, which reads what it is sent and answers always the same. Nothing else."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="bare", LOGGING_CONFIG=None)

ANSWER = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soap:Body><clientVersionResponse xmlns="http://developer.intuit.com/"><clientVersionResult></clientVersionResult>'
    b"</clientVersionResponse></soap:Body></soap:Envelope>"
)


def view(request: HttpRequest) -> HttpResponse:
    assert request.body
    return HttpResponse(ANSWER, content_type="text/xml; charset=utf-8", headers={"Content-Length": len(ANSWER)})


urlpatterns = [path("", view)]
application = get_wsgi_application()
