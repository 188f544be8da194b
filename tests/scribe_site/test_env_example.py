from scribe_site.config import Config
from tools.env_example import PATH, render, variable


def test_env_example_lists_every_setting_with_its_default():
    assert PATH.read_text() == render(), "run python -m tools.env_example"


def test_every_setting_says_what_it_is_for():
    for name, field in Config.model_fields.items():
        assert field.description, name
        assert f"# {variable(name, field)}=" in PATH.read_text()
