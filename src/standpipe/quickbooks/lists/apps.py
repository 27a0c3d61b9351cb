from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "standpipe.quickbooks.lists"
    label = "lists"
