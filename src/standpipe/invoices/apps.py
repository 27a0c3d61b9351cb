from django.apps import AppConfig

from standpipe.ui import registry


class InvoicesConfig(AppConfig):
    name = "standpipe.invoices"
    label = "invoices"

    def ready(self) -> None:
        from . import sections

        registry.add_nav(
            "invoices",
            title="Invoices",
            order=44,
            url="invoices:list",
            icon="receipt",
            active_prefix="invoices/",
        )
        sections.register()
