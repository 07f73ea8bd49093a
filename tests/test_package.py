"""Cửa chính của gói: gọi được mọi mô hình, mà `import course_utils` không nạp torch."""

import subprocess
import sys

import pytest

import course_utils
from course_utils import widgets


@pytest.mark.parametrize("name", course_utils.__all__)
def test_every_public_name_is_there(name):
    assert name in dir(course_utils)
    value = getattr(course_utils, name)
    assert name == "__version__" or value.__name__ == name


@pytest.mark.parametrize("name", widgets.__all__)
def test_every_figure_is_there(name):
    assert name in dir(widgets)
    assert getattr(widgets, name).__name__ == name


def test_one_figure_does_not_load_the_others():
    """Bảng so mọi mô hình kéo theo cả gói; sổ chỉ cần một lưới thì không phải chờ."""
    code = "import sys; from course_utils.widgets import FlowGrid; print(sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'course_utils.widgets.flow_grid'" in run.stdout
    assert "course_utils.compare" not in run.stdout


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, course_utils; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_models_and_checkers_load_no_heavy_library():
    """Vẽ hình mới cần matplotlib; giải ODE, ghép đôi, đọc chữ số thì nạp thư viện lúc gọi."""
    code = """
import importlib, pkgutil, sys, course_utils
for module in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
    if not module.name.endswith(("__main__", ".plotting")) and ".widgets" not in module.name:
        importlib.import_module(module.name)
print(*{name.split(".")[0] for name in sys.modules})"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert {"course_utils", "torch"} <= loaded
    assert not loaded & {"matplotlib", "sklearn", "scipy", "torchdiffeq", "ipywidgets", "myst_nb"}


def test_an_unknown_name_gets_a_sentence():
    with pytest.raises(AttributeError, match="không có «VEA»"):
        course_utils.VEA  # noqa: B018
    with pytest.raises(AttributeError, match="không có «FlowGird»"):
        widgets.FlowGird  # noqa: B018
