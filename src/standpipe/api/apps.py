from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "standpipe.api"
    label = "api"
