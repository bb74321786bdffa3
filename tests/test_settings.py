"""Options are made from settings: a made-up field is an option, a key of `--config` and a stored value at once."""

import pytest
import typer
from pydantic import Field
from typer.testing import CliRunner

from prover.cli.config_file import with_config_file
from prover.cli.main import COMMANDS, app
from prover.cli.settings_options import settings_options
from prover.errors import InputError
from prover.evaluation.run.config import RunConfig, RunSettings, read_config
from prover.search.settings import BudgetSettings, SearchSettings


class ToySettings(SearchSettings):
    """Search settings with one more field."""

    patience: int = Field(default=3, ge=1)
    """Rounds without progress."""
    eager: bool = True
    """Begin at once."""
    note: str | None = Field(default=None, json_schema_extra={"option": "--remark", "metavar": "TEXT"})
    """What to remember."""


@pytest.fixture
def toy():
    """A command over the toy settings, and what it received last."""
    received = []

    @settings_options
    def command(name: str, *, settings: ToySettings, limits: BudgetSettings) -> None:
        received.append((name, settings, limits))

    application = typer.Typer(rich_markup_mode=None)
    application.callback()(lambda: None)
    application.command("toy")(with_config_file("toy", command, ("toy", "other")))

    def run(*arguments):
        done = CliRunner().invoke(application, ["toy", *map(str, arguments)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return received[-1] if received else done.output

    run.application = application
    return run


def test_a_field_is_an_option(toy):
    name, settings, limits = toy("a", "--patience", 5, "--no-eager", "--remark", "x", "--timeout", 2.5)
    assert (name, settings.patience, settings.eager, settings.note) == ("a", 5, False, "x")
    assert settings.search == "best-first"
    assert limits.budget.seconds == 2.5


def test_help_has_its_docstring_and_default(toy):
    shown = " ".join(
        CliRunner().invoke(toy.application, ["toy", "--help"], env={"COLUMNS": "200"}).output.split()
    )
    assert "Rounds without progress. [default: 3; x>=1]" in shown
    assert "--eager / --no-eager" in shown
    assert "--remark TEXT What to remember." in shown


def test_a_file_gives_values_and_the_command_line_comes_first(toy, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'patience = 7\nremark = "filed"\nmax-expansions = 9\n[toy]\neager = false\n[other]\nworkers = 4\n'
    )
    _, settings, limits = toy("a", "--config", file, "--patience", 8)
    assert (settings.patience, settings.note, settings.eager, limits.max_expansions) == (8, "filed", False, 9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patence = 7", "prover toy has no option patence"),
        ("toy = 3", "toy must be a table"),
        ("a b", "is not TOML"),
        ("[toy]\nworkers = 4", "prover toy has no option workers"),
        ("search = 'astar'", "there is no search algorithm 'astar'"),
    ],
)
def test_a_wrong_file_is_one_clear_line(toy, tmp_path, text, said):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        toy("a", "--config", file)


def test_a_missing_file_is_one_clear_line(toy, tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        toy("a", "--config", tmp_path / "absent.toml")


def test_a_value_that_only_the_model_refuses_names_its_option(toy):
    with pytest.raises(InputError, match=r"--timeout -1.0: Input should be greater than 0"):
        toy("a", "--timeout", -1)


def test_a_field_is_stored_with_a_run():
    fields = {"set_name": "s", "set_hash": "h", "problems": "p", "engine": "embedded", "prover_version": "0"}
    stored = RunConfig(
        **fields, **SearchSettings(search="mcts").model_dump(), **BudgetSettings(max_tactics=5).model_dump()
    )
    again = read_config(stored.model_dump_json())
    assert again == stored
    assert (again.search, again.budget.tactics) == ("mcts", 5)
    for settings in (SearchSettings, BudgetSettings, RunSettings):
        assert set(settings.model_fields) <= set(RunConfig.model_fields)


@pytest.mark.parametrize(
    "command", [name for name, (place, _) in COMMANDS.items() if not place.endswith(":app")]
)
def test_every_command_takes_a_file(command):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert ("[config]" if command == "iterate" else "--config") in shown.output
