"""Cửa chính của gói: gọi được mọi mô hình, mà `import course_utils` không nạp torch."""

import subprocess
import sys

import pytest

import course_utils


@pytest.mark.parametrize("name", course_utils.__all__)
def test_every_public_name_is_there(name):
    assert name in dir(course_utils)
    value = getattr(course_utils, name)
    assert name == "__version__" or value.__name__ == name


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, course_utils; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_an_unknown_name_gets_a_sentence():
    with pytest.raises(AttributeError, match="không có «VEA»"):
        course_utils.VEA  # noqa: B018
