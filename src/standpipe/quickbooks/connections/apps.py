from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "standpipe.quickbooks.connections"
    label = "connections"

    def ready(self) -> None:
        from .sections import register

        register()
