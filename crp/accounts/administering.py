"""What an admin does to an account: invite, change roles, move, disable, enable."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from crp.accounts import letters
from crp.accounts.sessions import end_all
from crp.accounts.verbs import Verb
from crp.events import record
from crp.verbs import Forbidden, Refused

if TYPE_CHECKING:
    from crp.accounts.models import Team, User

ADMIN = "admin"


class Administered(models.Model):
    """The verbs of an account; only admins may call them. Raises Forbidden for others."""

    class Meta:
        abstract = True

    def can_be_edited_by(self, user: Any) -> bool:
        return bool(user.is_admin)

    def _lock_for(self: "User", by: Any) -> None:  # type: ignore[misc]
        """Take the row; admins' rows all, in one order, so that two can't remove each other at once."""
        if by is not None and not self.can_be_edited_by(by):
            raise Forbidden
        everyone = type(self)._base_manager
        rows = everyone.filter(models.Q(pk=self.pk) | models.Q(roles__contains=[ADMIN])).order_by("pk")
        list(rows.select_for_update().values_list("pk", flat=True))
        self.refresh_from_db()

    def _is_last_admin(self: "User") -> bool:  # type: ignore[misc]
        others = type(self).objects.with_role(ADMIN).filter(email__isnull=False).exclude(pk=self.pk)
        return self.is_active and self.is_admin and not others.exists()

    @transaction.atomic
    def invite(self: "User", *, by: Any, email: str | None = None) -> None:  # type: ignore[misc]
        """
        Mail a link to choose a password; `email` is for somebody who had none, known from an import.

        Raises Refused when the address is taken, missing, or the account is disabled.
        """
        self._lock_for(by)
        if not self.is_active:
            raise Refused(_("This account is disabled. Enable it first."), code="disabled")
        if email and not self.email:
            self.email = free_address(email)
            self.save(update_fields=["email"])
        if not self.email:
            raise Refused(_("An invitation needs an email address."), code="no_address", field="email")
        record(Verb.INVITED, self, by=by, name=self.name)
        letters.write("invitation", self, by=by)

    @transaction.atomic
    def change_roles(self: "User", roles: Collection[str], *, by: Any) -> None:  # type: ignore[misc]
        """Give exactly these roles. Raises Refused when that leaves no admin."""
        self._lock_for(by)
        wanted = sorted(set(roles))
        if wanted == sorted(self.roles):
            return
        if ADMIN not in wanted and self._is_last_admin():
            raise Refused(
                _("Somebody must stay admin. Make another colleague admin first."), code="last_admin", field="roles"
            )
        before, self.roles = sorted(self.roles), wanted
        self.save(update_fields=["roles"])
        record(Verb.ROLES_CHANGED, self, by=by, name=self.name, before=before, after=wanted)

    @transaction.atomic
    def move(self: "User", team: "Team | None", *, by: Any) -> None:  # type: ignore[misc]
        """Put him into a team, or none."""
        self._lock_for(by)
        if team == self.team:
            return
        self.team = team
        self.save(update_fields=["team"])
        record(Verb.MOVED, self, team, by=by, name=self.name, team=team.name if team else "")

    @transaction.atomic
    def place(self: "User", *, roles: Collection[str], team: "Team | None", by: Any) -> None:  # type: ignore[misc]
        """Roles and team at once, both or neither."""
        self.change_roles(roles, by=by)
        self.move(team, by=by)

    @transaction.atomic
    def disable(self: "User", *, by: Any) -> None:  # type: ignore[misc]
        """He can't sign in any more; his sessions and tokens end now. What he owns stays his."""
        self._lock_for(by)
        if self._is_last_admin():
            raise Refused(_("Somebody must stay admin. Make another colleague admin first."), code="last_admin")
        if not self.is_active:
            return
        self.is_active = False
        self.save(update_fields=["is_active"])
        end_all(self)
        record(Verb.DISABLED, self, by=by, name=self.name)

    @transaction.atomic
    def enable(self: "User", *, by: Any) -> None:  # type: ignore[misc]
        """He can sign in again, with the password he had."""
        self._lock_for(by)
        if self.is_active:
            return
        self.is_active = True
        self.save(update_fields=["is_active"])
        record(Verb.ENABLED, self, by=by, name=self.name)


def free_address(email: str) -> str:
    """The address in lower case. Raises Refused when a colleague has it."""
    from crp.accounts.models import User

    clean = email.strip().lower()
    if User.objects.filter(email__iexact=clean).exists():
        raise Refused(_("A colleague has this address already."), code="address_taken", field="email")
    return clean
