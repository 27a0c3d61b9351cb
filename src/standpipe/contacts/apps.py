from django.apps import AppConfig

from standpipe.ui import registry


class ContactsConfig(AppConfig):
    name = "standpipe.contacts"
    label = "contacts"

    def ready(self) -> None:
        from . import sections

        registry.add_nav(
            "contacts",
            title="Contacts",
            order=40,
            url="contacts:list",
            icon="people",
            active_prefix="contacts/",
        )
        sections.register()
