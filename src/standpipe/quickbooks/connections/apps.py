from django.apps import AppConfig

from standpipe.ui import registry


class ConnectionsConfig(AppConfig):
    name = "standpipe.quickbooks.connections"
    label = "connections"

    def ready(self) -> None:
        from . import home

        registry.add_nav(
            "quickbooks",
            title="QuickBooks Desktop",
            order=80,
            url="quickbooks:connections",
            icon="plug",
            active_prefix="quickbooks/",
        )
        registry.add_home_step(10, key="connect", step=home.connect_step)
        registry.add_home_step(20, key="confirm-company", step=home.confirm_step)
        registry.add_home_count(10, key="needs-you", count=home.needs_you)
        registry.add_section(
            "home",
            key="connection",
            title="QuickBooks Desktop",
            order=10,
            template="quickbooks/connections/_home_line.html",
            context=home.connection_line,
        )
