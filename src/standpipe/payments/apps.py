from django.apps import AppConfig

from standpipe.ui import registry


class PaymentsConfig(AppConfig):
    name = "standpipe.payments"
    label = "payments"

    def ready(self) -> None:
        from . import sections

        registry.add_nav(
            "payments",
            title="Payments",
            order=46,
            url="payments:list",
            icon="cash-coin",
            active_prefix="payments/",
        )
        sections.register()
