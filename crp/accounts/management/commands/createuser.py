"""`createuser EMAIL --role ROLE [--role …] --password-env NAME`: the first admin, and anybody else."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from crp.accounts.models import Role, Team, User


class Command(BaseCommand):
    help = "Make a user who can sign in. The password is read from an environment variable, so that no shell keeps it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", action="append", choices=Role.values, default=[], dest="roles")
        parser.add_argument(
            "--password-env", required=True, metavar="NAME", help="the variable that holds the password"
        )
        parser.add_argument("--name", default="", help="as colleagues know him; else the address before its @")
        parser.add_argument("--team", default="", help="made when there is none of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        email, password = options["email"].strip(), os.environ.get(options["password_env"], "")
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no email address.") from error
        if not password:
            raise CommandError(f"The environment variable {options['password_env']} is empty.")
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"There is a user {email} already.")
        team = self.team(options["team"]) if options["team"] else None
        roles = list(dict.fromkeys(options["roles"]))
        user = self.known_by_name(options["name"]) or User(name=options["name"] or email.partition("@")[0])
        user.email, user.roles = email.lower(), list(dict.fromkeys([*roles, *user.roles]))
        user.team = team or user.team
        user.set_password(password)
        user.save()
        self.stdout.write(f"{user.name} ({user.email}) can sign in; roles: {', '.join(user.roles) or 'none'}.")

    def known_by_name(self, name: str) -> User | None:
        """The one colleague of that name who is known from an import only: the address completes him."""
        found = list(User.objects.filter(name__iexact=name, email=None, is_active=True)[:2]) if name else []
        return found[0] if len(found) == 1 else None

    def team(self, name: str) -> Team:
        """The team of that name, the first of several."""
        return Team.objects.filter(name=name).order_by("pk").first() or Team.objects.create(name=name)
