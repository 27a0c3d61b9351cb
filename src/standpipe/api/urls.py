"""The API object and its addresses: ``/api/v1/`` and ``/api/v1/openapi.json``."""

from django.urls import path
from ninja import NinjaAPI

from . import (
    accounts,
    buildings,
    catalog,
    connections,
    contacts,
    drift,
    imports,
    invoices,
    links,
    payments,
    posting,
    problems,
    suggestions,
)
from .auth import TokenAuth

api = NinjaAPI(
    title="Standpipe",
    version="1",
    description="Accounts, buildings, contacts, invoices and payments, and what ties them to QuickBooks Desktop.",
    urls_namespace="api",
    docs_url=None,  # its page needs scripts from elsewhere; the description itself is at openapi.json
    auth=TokenAuth(),
)
problems.install(api)
api.add_router("/accounts", accounts.router)
api.add_router("/buildings", buildings.router)
api.add_router("/contacts", contacts.router)
api.add_router("/connections", connections.router)
api.add_router("/tasks", connections.tasks)
api.add_router("", posting.router)  # before the invoices: /invoices/send-to-quickbooks is not an id
api.add_router("/invoices", invoices.router)
api.add_router("", payments.router)
api.add_router("", imports.router)
api.add_router("", links.router)
api.add_router("", suggestions.router)
api.add_router("", drift.router)
api.add_router("/items", catalog.items)
api.add_router("", catalog.lists)

urlpatterns = [path("api/v1/", api.urls)]
