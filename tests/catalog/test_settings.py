"""Settings: safe defaults, and a wrong value that names its variable."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from catalog.problem import DeclarationError
from catalog.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No variable set, in a folder that has what the defaults name."""
    for name in [name for name in os.environ if name.startswith("SAMDAO_")]:
        monkeypatch.delenv(name)
    (tmp_path / "datasets").mkdir()
    (tmp_path / "schemas").mkdir()
    monkeypatch.chdir(tmp_path)


def test_without_variables_all_lies_below_the_working_folder(tmp_path):
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert settings.datasets == tmp_path / "datasets"
    assert settings.schemas == tmp_path / "schemas"
    assert settings.database == f"sqlite:///{tmp_path / 'var' / 'catalog.db'}"
    assert settings.store_url == str(tmp_path / "var" / "store")
    assert (settings.base_url, settings.lang, settings.actor) == (None, None, None)
    assert settings.max_source_bytes == 2_000_000_000
    assert not (tmp_path / "var").exists(), "reading settings makes nothing"


def test_variables_are_taken_over(monkeypatch, tmp_path):
    (tmp_path / "แฟ้ม").mkdir()
    monkeypatch.setenv("SAMDAO_HOME", "elsewhere")
    monkeypatch.setenv("SAMDAO_DATASETS", "แฟ้ม")
    monkeypatch.setenv("SAMDAO_BASE_URL", "https://data.example.go.th/open")
    monkeypatch.setenv("SAMDAO_STORE", "s3://bucket/releases")
    monkeypatch.setenv("SAMDAO_ACTOR", "ผู้ว่าราชการจังหวัด")
    monkeypatch.setenv("SAMDAO_MAX_SOURCE_BYTES", "1000")
    settings = load_settings()
    assert settings.home == tmp_path / "elsewhere"
    assert settings.datasets == tmp_path / "แฟ้ม"
    assert settings.base_url == "https://data.example.go.th/open"
    assert settings.store_url == "s3://bucket/releases"
    assert settings.actor == "ผู้ว่าราชการจังหวัด"
    assert settings.max_source_bytes == 1000


def test_a_home_may_begin_with_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "someone"))
    monkeypatch.setenv("SAMDAO_HOME", "~/samdao")
    assert load_settings().home == tmp_path / "someone" / "samdao"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////srv/catalog.db", "sqlite:////srv/catalog.db"),
        ("postgresql://u@localhost/catalog", "postgresql+psycopg://u@localhost/catalog"),
        ("postgresql+psycopg://u@localhost/catalog", "postgresql+psycopg://u@localhost/catalog"),
    ],
)
def test_a_postgresql_url_gets_the_driver_that_is_installed(monkeypatch, given, used):
    monkeypatch.setenv("SAMDAO_DATABASE_URL", given)
    assert load_settings().database == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SAMDAO_HOME", "a_file"),
        ("SAMDAO_DATASETS", "no_such_folder"),
        ("SAMDAO_DATASETS", "a_file"),
        ("SAMDAO_SCHEMAS", "no_such_folder"),
        ("SAMDAO_BASE_URL", "data.example.go.th"),
        ("SAMDAO_BASE_URL", "ftp://data.example.go.th"),
        ("SAMDAO_DATABASE_URL", "mysql://localhost/catalog"),
        ("SAMDAO_LANG", "fr"),
        ("SAMDAO_ACTOR", ""),
        ("SAMDAO_MAX_SOURCE_BYTES", "0"),
        ("SAMDAO_MAX_SOURCE_BYTES", "2 GB"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_the_variable(monkeypatch, tmp_path, name, value):
    (tmp_path / "a_file").write_text("")
    monkeypatch.setenv(name, value)
    with pytest.raises(DeclarationError) as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("setting-invalid", name)
    assert (problem.value or "").endswith(value)
    assert caught.value.exit_code == 2


def test_a_password_in_a_wrong_address_is_never_shown(monkeypatch):
    monkeypatch.setenv("SAMDAO_DATABASE_URL", "mysql://user:h1dden@db.example/catalog")
    with pytest.raises(DeclarationError) as caught:
        load_settings()
    (problem,) = caught.value.problems
    assert problem.value == "mysql://…@db.example/catalog"
    assert "h1dden" not in str(problem.as_dict())


def test_all_that_is_wrong_is_told_at_once(monkeypatch):
    monkeypatch.setenv("SAMDAO_LANG", "fr")
    monkeypatch.setenv("SAMDAO_BASE_URL", "x")
    with pytest.raises(DeclarationError) as caught:
        load_settings()
    places = {problem.place for problem in caught.value.problems}
    assert places == {"SAMDAO_LANG", "SAMDAO_BASE_URL"}


def test_settings_do_not_change_under_way():
    with pytest.raises(ValidationError):
        load_settings().lang = "th"


def test_a_caller_that_knows_better_goes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMDAO_HOME", "elsewhere")
    assert load_settings(home=tmp_path).home == tmp_path
    assert Settings(home=tmp_path).home == tmp_path
