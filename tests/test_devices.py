"""Mọi tensor mà mô hình tạo ra phải nằm trên thiết bị của mô hình.

Không cần GPU để thử: đặt thiết bị mặc định là meta. Tensor nào tạo ra mà quên nói thiết bị sẽ lạc
sang meta, và phép tính chung với tensor thật báo lỗi, đúng như khi mô hình ở trên GPU.
"""

import pytest
import torch

from course_utils import (
    DDPM,
    GAN,
    GPT,
    IWAE,
    MADE,
    VAE,
    WGAN,
    FlowMatching,
    FlowVAE,
    GuidedDDPM,
    HierarchicalVAE,
    LatentDiffusion,
    PixelCNN,
    RectifiedFlow,
    ScoreSDE,
    WaveNet,
)
from course_utils.diffusion import Captioned, TextEncoder, UNet
from course_utils.flows import (
    CNF,
    IAF,
    MAF,
    Compose,
    Flow,
    Glow,
    NeuralSplineFlow,
    Planar,
    Radial,
    RealNVP,
    ResidualFlow,
)
from course_utils.likelihoods import BernoulliLikelihood, LogisticMixtureLikelihood
from course_utils.mixtures import Gaussian, GaussianMixture

POINTS = torch.randn(4, 2)
LABELS = torch.arange(4) % 3
BITS = torch.randint(0, 2, (4, 9)).float()
DIGITS = torch.randint(0, 17, (4, 1, 8, 8)).float()
MODELS = {
    "VAE": (lambda: VAE(2), POINTS),
    "VAE on bits": (lambda: VAE(9, likelihood=BernoulliLikelihood()), BITS),
    "IWAE": (lambda: IWAE(2, k=3), POINTS),
    "FlowVAE": (lambda: FlowVAE(2), POINTS),
    "HierarchicalVAE": (
        lambda: HierarchicalVAE((1, 8, 8), likelihood=LogisticMixtureLikelihood(17)),
        DIGITS,
    ),
    "GAN": (lambda: GAN(2), POINTS),
    "WGAN": (lambda: WGAN(2), POINTS),
    "MADE": (lambda: MADE(9), BITS),
    "PixelCNN": (lambda: PixelCNN(), DIGITS),
    "WaveNet": (lambda: WaveNet(9, 2), BITS),
    "GPT": (lambda: GPT(9, 2), BITS),
    "Gaussian": (lambda: Gaussian(2), POINTS),
    "GaussianMixture": (lambda: GaussianMixture(2, 3), POINTS),
    "RealNVP": (lambda: RealNVP(2), POINTS),
    "NeuralSplineFlow": (lambda: NeuralSplineFlow(2), POINTS),
    "MAF": (lambda: MAF(2), POINTS),
    "IAF": (lambda: IAF(2), POINTS),
    "ResidualFlow": (lambda: ResidualFlow(2, 2), POINTS),
    "ResidualFlow on images": (
        lambda: ResidualFlow((1, 8, 8), 1, (4,), alpha=0.05),
        torch.rand(4, 1, 8, 8),
    ),
    "CNF": (lambda: CNF(2), POINTS),
    "CNF with an adaptive solver": (lambda: CNF(2).eval(), POINTS),
    "FlowMatching": (lambda: FlowMatching(2, coupling="ot"), POINTS),
    "RectifiedFlow on images": (
        lambda: RectifiedFlow((1, 8, 8), alpha=0.05),
        torch.rand(4, 1, 8, 8),
    ),
    "DDPM": (lambda: DDPM(2, steps=5), POINTS),
    "DDPM on images": (lambda: DDPM((1, 8, 8), (8, 8), steps=5, levels=17), DIGITS),
    "GuidedDDPM": (lambda: GuidedDDPM(2, 3, steps=5), (POINTS, LABELS)),
    "GuidedDDPM on images": (
        lambda: GuidedDDPM((1, 8, 8), net=UNet((1, 8, 8), 4, classes=3), steps=5, levels=17),
        (DIGITS, LABELS),
    ),
    "GuidedDDPM on words": (
        lambda: GuidedDDPM(
            (1, 8, 8), net=Captioned(UNet((1, 8, 8), 4, context_dim=8), TextEncoder(8)), steps=5
        ),
        (DIGITS, torch.ones(4, 4).long()),
    ),
    "LatentDiffusion": (lambda: LatentDiffusion(VAE(2), DDPM(2, steps=5)), POINTS),
    "ScoreSDE": (lambda: ScoreSDE(2), POINTS),
    "ScoreSDE on images": (
        lambda: ScoreSDE((1, 8, 8), (8, 8), sde="ve", weighting="likelihood", alpha=0.05),
        torch.rand(4, 1, 8, 8),
    ),
    "Planar": (lambda: Flow(Compose([Planar(2), Radial(2)]), event_shape=2), POINTS),
    "Glow": (lambda: Glow((1, 8, 8)), torch.rand(4, 1, 8, 8)),
}
# Mẫu của những mô hình này được rút thăm trên CPU rồi mới chép đi, để hạt giống giữ nghĩa.
DRAWN_ON_CPU = {"MADE", "PixelCNN", "WaveNet", "GPT", "Gaussian", "GaussianMixture"}
DRAWN_ON_CPU |= {"ResidualFlow", "ResidualFlow on images", "Planar"}
DRAWN_ON_CPU |= {"FlowMatching", "RectifiedFlow on images", "ScoreSDE", "ScoreSDE on images"}
DRAWN_ON_CPU |= {"RealNVP", "NeuralSplineFlow", "MAF", "IAF", "Glow"}
DRAWN_ON_CPU |= {"CNF", "CNF with an adaptive solver"}


@pytest.mark.parametrize("name", MODELS)
def test_no_tensor_strays_from_the_device_of_the_model(name):
    make, x = MODELS[name]
    model = make()
    calls = [objective.loss for objective in model.objectives()]
    calls += [
        getattr(model, m) for m in ("log_prob", "elbo", "log_prob_estimate") if hasattr(model, m)
    ]
    with torch.device("meta"):
        assert {call(x).device.type for call in calls} == {"cpu"}
        if name not in DRAWN_ON_CPU:
            assert model.sample(2).device.type == "cpu"
