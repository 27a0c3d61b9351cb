from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "standpipe.contacts"
    label = "contacts"
