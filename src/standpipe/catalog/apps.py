from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "standpipe.catalog"
    label = "catalog"
