from django.apps import AppConfig

from standpipe.ui import registry


class ExchangeConfig(AppConfig):
    name = "standpipe.quickbooks.exchange"
    label = "exchange"

    def ready(self) -> None:
        from standpipe.quickbooks.connections import hooks

        from .pages import visit_card
        from .sessions import end_visit

        hooks.end_visit.append(end_visit)
        registry.add_section(
            "connection",
            key="visit",
            title="Visit in progress",
            order=10,
            template="quickbooks/exchange/visit.html",
            context=visit_card,
        )
