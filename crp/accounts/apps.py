from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crp.accounts"
    label = "accounts"
