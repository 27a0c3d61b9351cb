from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "standpipe.quickbooks.lists"
    label = "lists"

    def ready(self) -> None:
        from standpipe.quickbooks.connections import hooks

        from .actions import forget_lists

        hooks.forget_file.append(forget_lists)
