import pytest
from django.core.management import CommandError, call_command

from crp.accounts.models import Role, User


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("FIRST_PASSWORD", "correct horse battery")
    monkeypatch.setenv("EMPTY", "")


def create(email: str = "ada@crp.test", *more: str, variable: str = "FIRST_PASSWORD") -> None:
    call_command("createuser", email, *more, "--password-env", variable)


def test_a_user_with_roles_can_sign_in(client: object) -> None:
    create("Ada@CRP.test", "--role", "admin", "--role", "program_manager", "--name", "Ada", "--team", "DACH")

    ada = User.objects.get(email="ada@crp.test")
    assert (ada.name, ada.roles, str(ada.team)) == ("Ada", ["admin", "program_manager"], "DACH")
    assert ada.check_password("correct horse battery")


def test_without_a_name_the_address_gives_one() -> None:
    create()

    assert User.objects.get().name == "ada"


@pytest.mark.parametrize(
    ("email", "more", "variable", "said"),
    [
        ("nonsense", (), "FIRST_PASSWORD", "no email address"),
        ("ada@crp.test", (), "EMPTY", "EMPTY is empty"),
        ("ada@crp.test", (), "UNSET_VARIABLE", "UNSET_VARIABLE is empty"),
        ("ada@crp.test", ("--role", "king"), "FIRST_PASSWORD", "invalid choice"),
    ],
)
def test_nonsense_is_one_clear_line(email: str, more: tuple[str, ...], variable: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        create(email, *more, variable=variable)
    assert not User.objects.exists()


def test_nobody_is_made_twice() -> None:
    create()
    with pytest.raises(CommandError, match="already"):
        create("ADA@crp.test")


def test_an_address_completes_a_colleague_known_from_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = User.objects.create_user(None, name="Moses Frase", roles=[Role.SALES])
    monkeypatch.setenv("ITS_PASSWORD", "correct horse battery")
    call_command(
        "createuser", "moses@crp.test", "--name", "Moses Frase", "--role", "sales_rep", "--password-env", "ITS_PASSWORD"
    )
    imported.refresh_from_db()
    assert (imported.email, imported.roles, User.objects.count()) == ("moses@crp.test", [Role.SALES], 1)
    assert imported.check_password("correct horse battery")
