"""What stands outside any organization: the help page, set-up links, and the Web Connector's own address."""

from django.urls import include, path

urlpatterns = [
    path("", include("standpipe.quickbooks.connections.public_urls")),
    path("", include("standpipe.quickbooks.exchange.public_urls")),
]
