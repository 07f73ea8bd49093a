"""Bộ chấm luồng: nhận luồng đúng của gói lẫn luồng tự viết, chỉ ra từng lỗi hay gặp."""

import pytest
import torch
from torch import nn

from course_utils.checks import flows as checks
from course_utils.flows import AffineCoupling, NeuralSplineFlow, RealNVP


class Layer(nn.Module):
    """Tầng ghép cặp viết tay, bật tắt được từng lỗi."""

    def __init__(self, dim, bounded=True, reduce="sum"):
        super().__init__()
        self.keep, self.bounded, self.reduce = dim // 2, bounded, reduce
        self.net = nn.Sequential(
            nn.Linear(self.keep, 32), nn.ReLU(), nn.Linear(32, 2 * (dim - self.keep))
        )

    def coefficients(self, kept):
        s, m = self.net(kept).chunk(2, dim=-1)
        return (2 * torch.tanh(s / 2) if self.bounded else s), m

    def forward(self, z):
        s, m = self.coefficients(z[:, : self.keep])
        x = torch.cat([z[:, : self.keep], z[:, self.keep :] * s.exp() + m], 1)
        return x, getattr(s, self.reduce)(1)

    def inverse(self, x):
        s, m = self.coefficients(x[:, : self.keep])
        z = torch.cat([x[:, : self.keep], (x[:, self.keep :] - m) * (-s).exp()], 1)
        return z, -getattr(s, self.reduce)(1)


class Stack(nn.Module):
    """Luồng viết tay, bật tắt được từng lỗi."""

    def __init__(self, dim, layers=4, flip=True, wrong_order=False, sign=1, **mistakes):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.ModuleList(Layer(dim, **mistakes) for _ in range(layers))
        self.flip, self.wrong_order, self.sign = flip, wrong_order, sign

    def forward(self, z):
        total = 0
        for layer in self.layers:
            z, log_det = layer(z)
            z, total = (z.flip(1) if self.flip else z), total + log_det
        return z, self.sign * total

    def inverse(self, x):
        total = 0
        for layer in self.layers if self.wrong_order else reversed(self.layers):
            x, log_det = layer.inverse(x.flip(1) if self.flip else x)
            total = total + log_det
        return x, self.sign * total


@pytest.mark.parametrize("dim", [2, 3, 6])
def test_right_flows_are_accepted(dim):
    assert checks.flow(Stack(dim), dim)
    assert checks.flow(Stack(dim).double(), dim, tol=1e-8)
    assert checks.transform(Layer(dim), dim)
    assert checks.transform(AffineCoupling(dim), dim)


@pytest.mark.parametrize("family", [RealNVP, NeuralSplineFlow])
def test_reference_flows_are_accepted(family):
    torch.manual_seed(1)
    model = family(4)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    report = checks.flow(model, 4)
    assert report, report


@pytest.mark.parametrize(
    ("mistakes", "hint"),
    [
        ({"flip": False}, "hoán vị"),
        ({"bounded": False}, "chặn"),
        ({"reduce": "mean"}, "trung bình"),
        ({"reduce": "std"}, "không khớp"),
        ({"wrong_order": True}, "tầng cuối"),
        ({"sign": -1}, "ngược dấu"),
        ({"sign": 0}, "bằng 0"),
        ({"layers": 1}, "chép nguyên"),
    ],
    ids=str,
)
def test_each_mistake_gets_its_hint(mistakes, hint):
    report = checks.flow(Stack(6, **mistakes), 6)
    assert not report
    assert hint in str(report), report


class Scale:
    """x = 2z, viết không dùng nn.Module; `outputs` thay cho kết quả của forward."""

    def __init__(self, outputs=None):
        self.outputs = outputs

    def forward(self, z):
        x = (2 * z, torch.full((len(z),), 2.0).log() * z.shape[1])
        return self.outputs(*x) if self.outputs else x

    def inverse(self, x):
        return x / 2, -torch.full((len(x),), 2.0).log() * x.shape[1]


def test_plain_object_is_accepted_but_does_not_mix():
    assert checks.transform(Scale(), 3)
    assert "chỉ phụ thuộc một" in str(checks.flow(Scale(), 3))


@pytest.mark.parametrize(
    ("outputs", "hint"),
    [
        (lambda x, d: x, "hai giá trị"),
        (lambda x, d: (x, d.sum()), "một số cho mỗi mẫu"),
        (lambda x, d: (x[:, :1], d), "số chiều"),
        (lambda x, d: (x, 0.5), "tensor"),
        (lambda x, d: (x * float("nan"), d), "NaN"),
        (lambda x, d: 1 / 0, "ZeroDivisionError"),
        (lambda x, d: None, "chưa điền"),
        (lambda x, d: (x, d + 1), "không khớp"),
    ],
)
def test_malformed_output_is_explained(outputs, hint):
    report = checks.transform(Scale(outputs), 3)
    assert not report
    assert hint in str(report), report


def test_inverse_with_the_sign_of_forward():
    class Wrong(Scale):
        def inverse(self, x):
            return x / 2, -super().inverse(x)[1]

    assert "cùng dấu" in str(checks.transform(Wrong(), 3))


@pytest.mark.parametrize("odd", [None, ..., 3, "luồng", Stack, object(), lambda z: z])
def test_no_odd_answer_breaks_the_checker(odd):
    assert not checks.flow(odd, 2)
    assert not checks.transform(odd, 2)
