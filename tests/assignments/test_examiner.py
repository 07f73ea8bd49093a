"""Người coi thi trong một nhân thật, hỏi thẳng: bài đóng giả không qua, bài thật thì qua."""

import secrets

import pytest
import zmq
from grading import kernel_guards, sources
from grading.sandbox import LARGEST_MESSAGE, SandboxedKernelManager
from jupyter_core.utils import run_sync

from tests.assignments.lies import HONEST, LIES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("examiner")]
SECRET = "bí mật"
FORGET = "for _name in set(globals()) - _kept - {'_kept'}: del globals()[_name]"


class Desk:
    """Một nhân có hàng rào và người coi thi, như lúc chấm."""

    def __init__(self):
        self.manager = SandboxedKernelManager(kernel_name="python3")
        run_sync(self.manager.start_kernel)()
        self.client = self.manager.client()
        self.client.start_channels()
        run_sync(self.client.wait_for_ready)(timeout=60)
        self.run(kernel_guards.guards(SECRET, [], ["torch", "sympy"]) + "_kept = set(globals())")

    def run(self, code):
        said = []
        hook = lambda message: said.append(message["content"].get("text", ""))  # noqa: E731
        run_sync(self.client.execute_interactive)(code, output_hook=hook, timeout=60)
        return "".join(said)

    def answer(self, test, spoil=False, classes=()):
        """Kết quả chấm câu trả lời `f`."""
        riddle = secrets.token_hex(16)
        call = kernel_guards.request(
            SECRET, riddle, test, names=["f"], classes=[*classes], spoil=spoil, given=""
        )
        result, _ = kernel_guards.verdict(riddle, self.run(call))
        return kernel_guards.passed(SECRET, riddle, result), result

    def full_marks(self, test, source, classes=()):
        """Như lúc chấm: qua, và không qua khi câu trả lời bị làm hỏng."""
        self.run(FORGET)
        self.run(source)
        passed, first = self.answer(test, classes=classes)
        spoiled, second = self.answer(test, True, classes)
        return passed and not spoiled, (first, second)

    def close(self):
        self.client.stop_channels()
        run_sync(self.manager.shutdown_kernel)(now=True)


@pytest.fixture(scope="module")
def desk():
    desk = Desk()
    yield desk
    desk.close()


@pytest.mark.parametrize("name", LIES)
def test_lie(desk, name):
    earned, said = desk.full_marks(*LIES[name])
    assert not earned, said
    earned, said = desk.full_marks(*HONEST["tensor"])  # lời nói dối không để lại gì
    assert earned, said


@pytest.mark.parametrize("name", HONEST)
def test_honest_answer(desk, name):
    test, source = HONEST[name]
    earned, said = desk.full_marks(test, source, sources.class_names(source))
    assert earned, said


KEEP = """
kept = []
def f(probe):
    kept.append(type(probe).go)
    return 8.0
"""
BREAK_IN = """
for found in kept[0].__code__.co_consts:
    if hasattr(found, "see"):
        found.see = found.ask = lambda called, *given: given and called(*given)
"""


def test_a_function_of_the_test_kept_for_later_is_not_opened(desk):
    test = "class Probe:\n    def go(self): return abs(4.0)\nassert f(Probe()) == 8.0"
    desk.run(FORGET)
    desk.run(KEEP)
    assert desk.answer(test)[0]
    desk.run(BREAK_IN)
    assert not desk.full_marks(*LIES["doi_tuong"])[0]
    assert desk.full_marks(*HONEST["so"])[0]


def test_no_message_can_fill_the_memory_of_the_grader(desk):
    """In một lần 50 MB: zmq cắt thông điệp ngay trên ống."""
    assert desk.client.iopub_channel.socket.getsockopt(zmq.MAXMSGSIZE) == LARGEST_MESSAGE
