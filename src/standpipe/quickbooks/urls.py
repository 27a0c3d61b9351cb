"""All pages of the integration below an organization, in one namespace."""

from django.urls import include, path

app_name = "quickbooks"
urlpatterns = [
    path("", include("standpipe.quickbooks.connections.urls")),
    path("", include("standpipe.quickbooks.lists.urls")),
    path("", include("standpipe.quickbooks.items.urls")),
    path("", include("standpipe.quickbooks.linking.urls")),
    path("", include("standpipe.quickbooks.matching.urls")),
    path("", include("standpipe.quickbooks.importing.urls")),
    path("", include("standpipe.quickbooks.drift.urls")),
    path("", include("standpipe.quickbooks.posting.invoice_urls")),
    path("", include("standpipe.quickbooks.posting.payment_urls")),
    path("", include("standpipe.quickbooks.posting.repair_urls")),
    path("", include("standpipe.quickbooks.posting.setting_urls")),
    path("", include("standpipe.quickbooks.exchange.urls")),
]
