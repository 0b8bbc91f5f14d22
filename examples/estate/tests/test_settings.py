"""The file `.env`, and the environment before it."""

from estate.settings import read


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("# a comment = none\nOFFICE='Main Street'\nPUBLIC_URL=https://other.example.com\n")
    monkeypatch.setenv("PUBLIC_URL", "https://estate.example.com")
    found = read(tmp_path / ".env")
    assert (found["OFFICE"], found["PUBLIC_URL"]) == ("Main Street", "https://estate.example.com")
    assert not [name for name in found if "comment" in name]
