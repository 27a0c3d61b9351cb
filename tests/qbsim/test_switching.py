"""The command `qbsim fault`, and backups from the command line."""

from pathlib import Path

import pytest

from qbsim.cli import main
from qbsim.company import Company
from qbsim.faults import FAULTS


@pytest.fixture
def books(tmp_path: Path) -> str:
    path = tmp_path / "Books.qbw"
    Company.create(path, customers=3, jobs=0).close()
    return str(path)


def test_on_list_off(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "on", books, "answer-lost:2@once", "slow-answer:3@30%", "huge-page"]) == 0
    assert "answer-lost:2@once is on: QuickBooks processes request N" in capsys.readouterr().out
    assert main(["fault", "list", books]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.partition("):")[0] for line in told] == [
        "answer-lost:2@once (once more",
        "huge-page (until switched off",
        "slow-answer:3@30% (until switched off",
    ]
    assert main(["fault", "off", books, "slow-answer", "answer-lost"]) == 0
    assert main(["fault", "off", books, "slow-answer"]) == 2
    assert "slow-answer was not on" in capsys.readouterr().out
    assert main(["fault", "off", books, "--all"]) == 0
    main(["fault", "list", books])
    assert capsys.readouterr().out.splitlines()[-1] == "No fault is on."


def test_one_that_cannot_be_switches_none_on(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "on", books, "huge-page", "nonsense"]) == 2
    assert "There is no fault 'nonsense'" in capsys.readouterr().err
    main(["fault", "list", books])
    assert "No fault is on." in capsys.readouterr().out
    assert main(["fault", "off", books]) == 2
    assert main(["fault", "list", f"{books}.none"]) == 2


def test_the_list_without_a_file_tells_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fault", "list"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name}" in told for name in FAULTS)
    assert "@30%:7" in told


def test_back_up_and_restore(books: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = str(tmp_path / "Copy.qbw")
    assert main(["company", "back-up", books, copy]) == 0
    assert main(["company", "back-up", books, copy]) == 2, "no copy is overwritten"
    with Company.open(books) as company:
        company.add_customer("Came later")
        assert main(["company", "restore", books, copy]) == 0
        assert company.find("Came later") is None, "whoever has the file open sees it at once"
    assert "3 customers and jobs" in capsys.readouterr().out
    (tmp_path / "letter").write_text("Dear")
    assert main(["company", "restore", books, str(tmp_path / "letter")]) == 2
    with Company.open(books) as company:
        assert company.count() == 3
