"""Importing people: colleagues, their teams and managers. Without an address a person owns deals but cannot sign in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.accounts.models import Role, Team, User
from crp.imports import values
from crp.imports.spec import Field, Outcome, Problems, Row, Vocabulary, Written, register
from crp.search import normalise


def roles(value: str, reading: values.Reading) -> list[str]:
    """Role names separated by comma, semicolon or bar."""
    known = {
        normalise(name): role for role, label in Role.choices for name in (role, role.replace("_", " "), str(label))
    }
    found = []
    for part in value.replace(";", ",").replace("|", ",").split(","):
        role = known.get(normalise(part))
        if role is None:
            raise values.Bad(_("is not a role"), values.closest(part, Role.values))
        found.append(role)
    return sorted(set(found))


class PeopleSpec:
    kind = "people"
    label = gettext_lazy("People")
    fields = (
        Field("crp_id", gettext_lazy("CRP ID"), values.whole(1, 2**62)),
        Field("name", gettext_lazy("Name"), values.text(200), required=True),
        Field("email", gettext_lazy("Email"), values.email),
        Field("manager", gettext_lazy("Manager"), values.text(200)),
        Field("team", gettext_lazy("Team"), values.text(120)),
        Field("roles", gettext_lazy("Roles"), roles),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {}

    def key(self, row: Row) -> Any:
        return row.get("crp_id") or row.get("email") or normalise(row.get("name"))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        people = People()
        for row in rows:
            if row.get("crp_id") and row.get("crp_id") not in people.by_pk:
                report(row, "crp_id", _("is not one of ours; leave it empty for a new one"))
            if not row.get("crp_id") and not row.get("email") and people.count(row.get("name")) > 1:
                report(row, "name", _("names several colleagues; give the email"))
            if people.count(row.get("manager", "")) > 1:
                report(row, "manager", _("names several colleagues"))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        people, written = People(), Written()
        for row in rows:
            people.write(row, written)
        for row in rows:
            people.place(row, written)
        written.outcomes = list(people.told.values())
        return written


class People:
    """Colleagues by email and by folded name, as they are and as they become."""

    def __init__(self) -> None:
        self.by_email = {user.email: user for user in User.objects.exclude(email=None)}
        self.by_name: dict[str, list[User]] = {}
        self.by_pk = {user.pk: user for user in User.objects.all()}
        for user in self.by_pk.values():
            self.by_name.setdefault(normalise(user.name), []).append(user)
            self.by_name[f"#{user.pk}"] = [user]
        self.teams = {(normalise(team.name), team.manager_id): team for team in Team.objects.all()}
        self.told: dict[int, Outcome] = {}

    def count(self, name: str) -> int:
        return len(self.by_name.get(normalise(name), [])) if name else 0

    def named(self, name: str) -> User:
        """The colleague of that name; a manager nobody listed becomes known by it."""
        found = self.by_name.get(normalise(name))
        if not found:
            found = self.by_name.setdefault(normalise(name), [User.objects.create_user(None, name=name)])
        return found[0]

    def write(self, row: Row, written: Written) -> None:
        """Create the person or bring name, address and roles up to date."""
        same_name = self.by_name.get(normalise(row.get("name")), [])
        user = self.by_pk.get(row.get("crp_id")) or self.by_email.get(row.get("email"))
        # An address for somebody known by name only completes him.
        user = user or next((one for one in same_name if not row.get("email") or not one.email), None)
        wanted = {name: row.get(name) for name in ("name", "email", "roles") if row.get(name)}
        if user is None:
            user = User.objects.create_user(wanted.pop("email", None), **wanted)
            self.by_name.setdefault(normalise(user.name), []).append(user)
            written.note("created")
            self.told[row.number] = Outcome(row.number, "created", user, {}, {"name": user.name})
        else:
            changes = {name: value for name, value in wanted.items() if getattr(user, name) != value}
            before = {name: getattr(user, name) for name in changes}
            for name, value in changes.items():
                setattr(user, name, value)
            if changes:
                user.save(update_fields=list(changes))
            outcome = "updated" if changes else "unchanged"
            written.note(outcome)
            self.told[row.number] = Outcome(row.number, outcome, user, before, dict(changes))
        row.values["user"] = user

    def place(self, row: Row, written: Written) -> None:
        """Put the person into his team; one region with two managers makes two teams."""
        if not row.get("team") and not row.get("manager"):
            return
        manager = self.named(row.get("manager")) if row.get("manager") else None
        name = row.get("team") or _("Team of %(name)s") % {"name": row.get("manager")}
        team = self.teams.get((normalise(name), manager.pk if manager else None))
        if team is None:
            team = Team.objects.create(name=name, region=row.get("team", ""), manager=manager)
            self.teams[(normalise(name), team.manager_id)] = team
        user: User = row.values["user"]
        if user.team_id != team.pk:
            moved = self.told[row.number].outcome == "unchanged"
            self.note_move(row, user.team_id, team.pk)
            user.team = team
            user.save(update_fields=["team"])
            if moved:
                written.unchanged, written.updated = written.unchanged - 1, written.updated + 1

    def note_move(self, row: Row, before: int | None, after: int) -> None:
        """The change of team belongs to what became of the row."""
        told = self.told[row.number]
        if told.outcome != "created":
            told.outcome = "updated"
            told.before["team_id"], told.after["team_id"] = before, after


register(PeopleSpec())
