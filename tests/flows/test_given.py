"""A file that a person names: only plain ones are opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalog.problem import DeclarationError, OutsideError
from flows.given import plain_file


def refused(path, **more):
    with pytest.raises(DeclarationError) as raised:
        plain_file(path, **more)
    return raised.value.problems[0].code


def test_a_plain_file_is_taken(tmp_path):
    path = tmp_path / "ตาราง.csv"
    path.write_text("ก\n1\n", "utf-8")
    assert plain_file(path) is None


def test_a_link_is_refused_wherever_it_leads(tmp_path):
    (tmp_path / "real.csv").write_text("ก\n1\n", "utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    gone = tmp_path / "gone.csv"
    gone.symlink_to("nowhere")
    assert (refused(link), refused(gone)) == ("file-link", "file-link")


def test_a_folder_is_refused_unless_one_is_meant(tmp_path):
    assert refused(tmp_path) == "file-folder"
    assert plain_file(tmp_path, folder=True) is None


def test_what_never_ends_is_refused(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert (refused(pipe), refused(Path("/dev/zero"))) == (
        "file-device", "file-device",
    )  # fmt: skip


def test_nothing_is_told_as_missing(tmp_path):
    assert refused(tmp_path / "ไม่มี.csv") == "file-missing"
    assert refused(tmp_path / "a\0b") == "file-missing"


def test_what_may_not_be_read_is_told(tmp_path, monkeypatch):
    path = tmp_path / "secret.csv"
    path.write_text("ก\n", "utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutsideError) as raised:
        plain_file(path)
    assert raised.value.problems[0].code == "source-unreadable"


@pytest.mark.parametrize("verb", [("doctor",), ("validate", "--schema", "markets")])
def test_the_commands_refuse_links_with_words(samdao, tmp_path, verb):
    (tmp_path / "real.csv").write_text("ก\n1\n", "utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to("real.csv")
    result = samdao(verb[0], str(link), *verb[1:])
    assert result.exit_code == 2
    assert "is a link to another file" in result.output
