"""Input about people: shape only; the rules are the verbs'."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Digits, Role, Team, Theme, User
from crp.ui.forms import Segments


class RolesField(forms.MultipleChoiceField):
    """Any of the roles, none included."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        hint = _("Several add up. Without a role one sees only what is shared with everybody.")
        super().__init__(label=_("Roles"), choices=Role.choices, required=False, help_text=hint)


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email"), max_length=254)
    roles = RolesField()
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=Segments)


class AddressForm(forms.Form):
    """An address for somebody known from an import."""

    email = forms.EmailField(
        label=_("Email"), max_length=254, help_text=_("He gets a mail with a link to choose a password.")
    )


class PlaceForm(forms.Form):
    """What an admin settles about a colleague."""

    roles = RolesField()
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False)


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name", "region", "manager")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = User.objects.active().order_by("name")  # type: ignore[attr-defined]
        self.fields["manager"].help_text = _("Sees the deals and requests of everybody in the team.")


class SettingsForm(forms.ModelForm):
    """What a user settles about himself."""

    class Meta:
        model = User
        fields = ("name", "language", "timezone", "theme", "digits")
        widgets = {"theme": Segments, "digits": Segments}

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=Segments)
    timezone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        self.fields["timezone"].choices = [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones)]  # type: ignore[attr-defined]
        self.fields["theme"].choices = Theme.choices  # type: ignore[attr-defined]
        self.fields["digits"].choices = Digits.choices  # type: ignore[attr-defined]
