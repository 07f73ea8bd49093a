"""Đầu vào sai: câu trả lời tiếng Việt nói cái gì đến, cái gì cần, phải làm gì."""

import pytest
import torch

from course_utils.errors import InputError
from course_utils.evaluation import bits_per_dim
from course_utils.flow_matching import FlowMatching
from course_utils.flows import (
    CNF,
    FFJORD,
    NICE,
    AffineCoupling,
    Flow,
    Glow,
    Logit,
    NeuralSplineFlow,
    Permutation,
    RealNVP,
    Squeeze,
    dequantize,
)
from course_utils.training import fit

BAD_BATCHES = {
    "wrong last dimension": (torch.randn(5, 3), r"\(5, 3\).*\(n, 2\)"),
    "wrong number of dimensions": (torch.randn(5), r"\(5,\).*\(n, 2\)"),
    "integers": (torch.ones(5, 2, dtype=torch.long), "int64.*float"),
    "NaN": (torch.tensor([[0.0, float("nan")]]), "NaN.*1 trên 1"),
    "infinity": (torch.tensor([[0.0, float("inf")]]), "vô cực"),
    "empty": (torch.randn(0, 2), "lô rỗng"),
    "list": ([[0.0, 1.0]], "kiểu list.*torch.Tensor"),
}


@pytest.mark.parametrize("case", BAD_BATCHES)
@pytest.mark.parametrize("model", [RealNVP, CNF])
@pytest.mark.parametrize("method", ["log_prob", "loss", "inverse", "forward"])
def test_bad_batches(case, method, model):
    x, message = BAD_BATCHES[case]
    with pytest.raises(InputError, match=message):
        getattr(model(2), method)(x)


@pytest.mark.parametrize("model", [RealNVP, CNF, FFJORD, FlowMatching])
@pytest.mark.parametrize("method", ["log_prob", "loss", "inverse", "forward"])
def test_points_of_another_precision(method, model):
    """Điểm float64 cho mô hình float32: lời nói thay cho lỗi tiếng Anh của torch, cả hai chiều."""
    single, double = torch.randn(5, 2), torch.randn(5, 2, dtype=torch.float64)
    with pytest.raises(InputError, match=r"kiểu float64.*kiểu float32.*\.to\(torch\.float32\)"):
        getattr(model(2), method)(double)
    with pytest.raises(InputError, match=r"kiểu float32.*model\.to\(torch\.float32\)"):
        getattr(model(2).double(), method)(single)


def test_either_advice_about_precision_works():
    x = torch.randn(5, 2, dtype=torch.float64)
    model = RealNVP(2)
    assert model.log_prob(x.to(torch.float32)).dtype == torch.float32
    assert model.to(torch.float64).log_prob(x).dtype == torch.float64
    with pytest.raises(InputError, match="`data` là tensor kiểu float64"):
        fit(RealNVP(2), x, steps=1)
    # Không có tham số thì không có kiểu số nào để lệch.
    assert Flow(Permutation(2), event_shape=2).log_prob(x).dtype == torch.float64


@pytest.mark.parametrize("model", [NICE, RealNVP, NeuralSplineFlow, AffineCoupling])
def test_one_coordinate_cannot_be_split(model):
    with pytest.raises(InputError, match=r"ít nhất 2 tọa độ.*dim = 1"):
        model(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RealNVP(2, layers=1), "ít nhất 2 tầng"),
        (lambda: RealNVP(2).sample(0), "số nguyên dương"),
        (lambda: RealNVP(2).sample(2.5), "số nguyên dương"),
        (lambda: RealNVP(2).sample(2, temperature=-1.0), "Nhiệt độ"),
        (lambda: CNF(0), "từ 1 trở lên"),
        (lambda: CNF(2, hidden=()), "ít nhất một tầng ẩn"),
        (lambda: CNF(2).sample(0), "số nguyên dương"),
        (lambda: Permutation(3, "shuffle"), "hoán vị tên 'shuffle'"),
        (lambda: Permutation(3, torch.tensor([0, 0, 2])), "không phải một hoán vị"),
        (lambda: Flow(Permutation(2)), "hình dạng dữ liệu"),
        (lambda: Glow((1, 6, 6), levels=2), "6×6.*chia hết cho 4"),
        (lambda: Logit(0.7), r"\(0, 0.5\)"),
        (lambda: Logit().inverse(torch.full((2, 3), 7.0)), "dequantize"),
        (lambda: Squeeze().inverse(torch.zeros(1, 1, 3, 4)), "cạnh chẵn"),
        (lambda: dequantize(torch.full((2, 3), 0.5), 17), r"0\.\.16"),
        (lambda: dequantize(torch.full((2, 3), 17.0), 17), r"0\.\.16"),
        (lambda: bits_per_dim(1.0, 0, 256), "dim ≥ 1"),
        (lambda: fit(RealNVP(2), torch.randn(10, 3), steps=1), r"\(10, 3\)"),
        (lambda: fit(RealNVP(2), torch.randn(10, 2), steps=0), "steps = 0; cần một số"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(InputError, match=message):
        call()
