"""Forms about material. They ask and explain; the rules are the verbs'."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role, User
from crp.ui.forms import Choices, DayInput, Lookup
from crp.verbs import today
from materials import intake
from materials.models import Audience, Channel, Language, Material, MaterialKind, Naming
from materials.models.approval import DECISIONS
from references.models import Contact, Customer

PUBLIC_DECISIONS = [
    ("approve", _("Yes, this may be used")),
    ("ask_for_changes", _("Yes, with changes")),
    ("decline", _("No, leave it out")),
]
NAMINGS = [
    (Naming.FULL, _("With my name and the company's")),
    (Naming.ROLE, _("With my role and the industry only")),
    (Naming.ANONYMOUS, _("Without saying who we are")),
]


class CustomerField(forms.CharField):
    """A customer by its name, of those the user sees."""

    widget = Lookup(url=cast(str, reverse_lazy("materials:customer_names")))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.user: Any = None

    def clean(self, value: Any) -> Customer | None:
        name = super().clean(value)
        if not name:
            return None
        found = list(Customer.objects.visible_to(self.user).filter(name__iexact=name)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("There is no customer by this name. Choose one that is suggested."))
        return found[0]


class MaterialForm(forms.Form):
    """`material` is the one being edited, or None; `seen` its version as the editor read it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=MaterialKind.choices)
    customer = CustomerField(label=_("Customer"), required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or two sentences, shown on cards and share pages."),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Text"), required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text=_("Markdown: ## for a heading, - for a list, > for a quote, ** for bold."),
    )  # fmt: skip
    contacts = forms.ModelMultipleChoiceField(
        label=_("People quoted"), required=False, queryset=Contact.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    naming = forms.ChoiceField(label=_("How the customer is named"), choices=Naming.choices, initial=Naming.ANONYMOUS)
    audience = forms.ChoiceField(label=_("Who may have it"), choices=Audience.choices, initial=Audience.SHAREABLE)
    language = forms.ChoiceField(label=_("Language of the text"), choices=Language.choices)
    products: Any = forms.ModelMultipleChoiceField(
        label=_("Products"), required=False, queryset=None, widget=forms.SelectMultiple(attrs={"size": 5})
    )
    industries: Any = forms.ModelMultipleChoiceField(
        label=_("Industries"), required=False, queryset=None, widget=forms.SelectMultiple(attrs={"size": 5})
    )
    owner: Any = forms.ModelChoiceField(label=_("Who makes it"), queryset=None, required=False)
    due_on = forms.DateField(label=_("Due"), required=False, widget=DayInput)
    review_on = forms.DateField(label=_("Review on"), required=False, widget=DayInput)
    expires_on = forms.DateField(label=_("Expires on"), required=False, widget=DayInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, material: Material | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from references.models import Industry, Product

        self.material = material
        self.fields["customer"].user = user  # type: ignore[attr-defined]
        for name, rows in (("products", Product.objects.all()), ("industries", Industry.objects.all())):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.with_role(Role.MARKETING, Role.MANAGER)  # type: ignore[attr-defined]
        customer_id = material.customer_id if material else None
        if customer_id:
            self.fields["contacts"].queryset = Contact.objects.filter(customer=customer_id, erased_at=None)  # type: ignore[attr-defined]
        else:
            del self.fields["contacts"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moved = self.material and cleaned.get("customer") != self.material.customer
        if moved:
            # People of another customer do not stay quoted.
            cleaned["contacts"] = []
        return cleaned

    @classmethod
    def initial_of(cls, material: Material) -> dict[str, Any]:
        """What the form shows at first."""
        plain = (
            "kind",
            "title",
            "summary",
            "body",
            "naming",
            "audience",
            "language",
            "owner",
            "due_on",
            "review_on",
            "expires_on",
        )
        shown = {name: getattr(material, name) for name in plain}
        many = {name: getattr(material, name).all() for name in ("contacts", "products", "industries")}
        return {
            **shown,
            **many,
            "customer": material.customer.name if material.customer else "",
            "seen": material.version,
        }


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": intake.ACCEPT}), max_length=200, allow_empty_file=True,
        help_text=_("PDF, Word, PowerPoint, Excel, pictures, film and sound, up to 25 MB. Pictures lose their hidden data."),
    )  # fmt: skip


class AskCustomerForm(forms.Form):
    contact = forms.ModelChoiceField(
        label=_("Who approves"), queryset=Contact.objects.none(), empty_label=None, widget=Choices
    )
    message = forms.CharField(
        label=_("Message"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Stands above the text, under your name."),
    )  # fmt: skip
    until = forms.DateField(label=_("The link works until"), widget=DayInput)

    def __init__(self, *args: Any, material: Material, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.consenting().filter(customer=material.customer_id, left_on=None).exclude(email="")
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        self.fields["until"].initial = today(user) + timedelta(days=14)


class UntilForm(forms.Form):
    until = forms.DateField(label=_("The link works until"), widget=DayInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class RenewForm(forms.Form):
    review_on = forms.DateField(label=_("Review again on"), widget=DayInput)
    expires_on = forms.DateField(label=_("Expires on"), required=False, widget=DayInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_on"].initial = today(user) + timedelta(days=365)


class AnswerForm(forms.Form):
    """The customer's own answer."""

    decision = forms.ChoiceField(label=_("Your answer"), choices=PUBLIC_DECISIONS, widget=Choices)
    naming = forms.ChoiceField(label=_("If yes, how may we name you?"), choices=NAMINGS, widget=Choices, required=False)
    comment = forms.CharField(
        label=_("What should change, or anything else"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )  # fmt: skip


class RecordAnswerForm(forms.Form):
    """The customer's answer, taken down by a colleague."""

    decision = forms.ChoiceField(
        label=_("What the customer said"),
        choices=[
            (key, label)
            for key, label in zip(DECISIONS, (_("Approved"), _("Asked for changes"), _("Declined")), strict=True)
        ],
    )
    naming = forms.ChoiceField(
        label=_("How the customer may be named"), choices=[("", "–"), *Naming.choices], required=False
    )
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = forms.CharField(
        label=_("Where the answer can be found"),
        required=False,
        max_length=1000,
        help_text=_("A mail, a letter, a call and its date."),
    )


class PermissionForm(forms.Form):
    """Permission given on paper, in a contract or by mail."""

    contact = forms.ModelChoiceField(label=_("Who gave it"), queryset=Contact.objects.none(), required=False)
    naming = forms.ChoiceField(label=_("How the customer may be named"), choices=Naming.choices)
    channels = forms.MultipleChoiceField(
        label=_("Where it may appear"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput)
    proof = forms.CharField(
        label=_("Where it can be found"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A clause of the contract, a letter, a mail and its date."),
    )  # fmt: skip
    whole_customer = forms.BooleanField(label=_("It holds for everything we make with this customer"), required=False)

    def __init__(self, *args: Any, material: Material, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(customer=material.customer_id, erased_at=None)
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today(user)
        self.fields["naming"].initial = material.naming
        self.fields["channels"].initial = [Channel.SALES]


class ShareForm(forms.Form):
    prospect = forms.CharField(
        label=_("For"), max_length=200, help_text=_("The prospect's name. It stands on the page.")
    )
    title = forms.CharField(label=_("Title of the page"), max_length=200, required=False)
    message = forms.CharField(
        label=_("Message"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    until = forms.DateField(label=_("The page works until"), widget=DayInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = today(user) + timedelta(days=30)
