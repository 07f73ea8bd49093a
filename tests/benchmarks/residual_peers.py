"""Luồng phần dư của normflows và FrEIA bên cạnh của giáo trình; nflows và zuko không có."""

import normflows
import torch
from FrEIA.modules import ActNorm, IResNetLayer
from torch import Tensor, nn

from course_utils.flows import ResidualFlow

from .family import Family
from .peers import Freia, Ours

LIPSCHITZ = 0.97


def ours_residual(dim, layers, width):
    return Ours(ResidualFlow(dim, layers, (width,), LIPSCHITZ))


class NormflowsResidual(nn.Module):
    """Mạng hai tầng ẩn như ví dụ của normflows; log det ước lượng (mặc định), hay chính xác."""

    def __init__(self, dim, layers, width, exact):
        super().__init__()
        options = {"brute_force": True, "reduce_memory": False} if exact else {}
        flows = []
        for _ in range(layers):
            net = normflows.nets.LipschitzMLP([dim, width, width, dim], LIPSCHITZ)
            flows += [normflows.flows.Residual(net, **options), normflows.flows.ActNorm(dim)]
        base = normflows.distributions.DiagGaussian(dim, trainable=False)
        # Vài tham số của thư viện sinh ra ở float64.
        self.flow = normflows.NormalizingFlow(base, flows).float()

    def log_prob(self, x: Tensor) -> Tensor:
        if self.training:  # thư viện để người dùng tự gọi lặp lũy thừa sau mỗi bước
            normflows.utils.update_lipschitz(self.flow, 5)
        return self.flow.log_prob(x)

    def train(self, mode: bool = True):
        if not mode:
            normflows.utils.update_lipschitz(self.flow, 200)
        return super().train(mode)

    def sample(self, n: int) -> Tensor:
        return self.flow.sample(n)[0]

    def round_trip(self, x: Tensor) -> Tensor:
        return self.flow.forward(self.flow.inverse(x))


def normflows_residual(dim, layers, width):
    return NormflowsResidual(dim, layers, width, exact=False)


def normflows_residual_exact(dim, layers, width):
    return NormflowsResidual(dim, layers, width, exact=True)


class FreiaResidual(Freia):
    """i-ResNet của FrEIA: log det là 20 số hạng đầu của chuỗi, và không có gradient."""

    def __init__(self, dim, layers, width):
        options = {"internal_size": width, "spectral_norm_max": LIPSCHITZ ** (1 / 3)}
        blocks = [(ActNorm, {}), (IResNetLayer, options)] * layers
        super().__init__(dim, [*blocks, (ActNorm, {})])

    def log_prob(self, x: Tensor) -> Tensor:
        if self.training:  # thư viện để người dùng tự gọi sau mỗi bước
            self.correct()
        with torch.enable_grad():  # log det cần vᵀJ, cả khi đánh giá
            return super().log_prob(x.detach().clone())

    def correct(self) -> None:
        for layer in self.net.module_list:
            if isinstance(layer, IResNetLayer):
                layer.lipschitz_correction()

    def train(self, mode: bool = True):
        if not mode:
            self.correct()
        return super().train(mode)

    def move(self, x: Tensor, rev: bool) -> Tensor:
        """Qua các tầng mà không tính log det; SequenceINN không bỏ được log det của i-ResNet."""
        layers = list(self.net.module_list)
        for layer in reversed(layers) if rev else layers:
            x = layer([x], rev=rev, jac=False)[0][0]
        return x

    def sample(self, n: int) -> Tensor:
        return self.move(torch.randn(n, self.dim), rev=True)

    def round_trip(self, x: Tensor) -> Tensor:
        return self.move(self.move(x, rev=False), rev=True)


FAMILIES = {
    "residual": Family(
        {
            "course_utils": ours_residual,
            "normflows": normflows_residual,
            "normflows, exact": normflows_residual_exact,
            "FrEIA": FreiaResidual,
        },
        layers=16,
        # Không có chữ số: ở 64 chiều mỗi thư viện ước lượng log p với một phương sai riêng.
        steps={"two_moons": 500, "checkerboard": 500},
    ),
}
