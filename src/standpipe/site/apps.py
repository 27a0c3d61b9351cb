from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "standpipe.site"
    label = "site"
