"""Cách huấn luyện của những họ không chỉ gọi `fit` một lần: EM, và hai vòng của luồng nắn thẳng."""

from torch import nn

from ..flows import dequantize
from ..mixtures import GaussianMixture
from ..training import fit
from .problems import Plane, Problem
from .recipe import Recipe


def train_em(
    model: GaussianMixture, problem: Problem, recipe: Recipe, examples: int, seed: int
) -> nn.Module:
    """EM trên `recipe.batch` điểm, quét đi quét lại cho tới khi đã xem đủ `examples` lượt điểm.

    Ảnh thì khử lượng tử hóa trước, mỗi ảnh vài lần nhiễu, và cộng một ít vào hiệp phương sai.
    """
    if isinstance(problem, Plane):
        x, ridge = problem.density.sample(recipe.batch, seed), 0.0
    else:
        (images,) = problem.training(recipe.view)
        repeats = -(-recipe.batch // len(images))
        x = dequantize(images.repeat(repeats, 1), problem.levels, seed=seed)[: recipe.batch]
        ridge = 1e-4
    model.fit_em(x.to(next(model.parameters())), recipe.steps(examples), ridge=ridge, seed=seed)
    return model


def train_rectified(
    model: nn.Module, problem: Problem, recipe: Recipe, examples: int, seed: int
) -> nn.Module:
    """Hai vòng: bảy phần mười ngân sách khớp luồng, ba phần mười học lại trên các cặp.

    Một cặp (nhiễu, nơi luồng mang nó tới) cũng tính là một điểm đã xem. Sách: (eq-reflow)
    """
    steps = recipe.steps(examples)
    first = int(0.7 * steps)
    how = {"batch_size": recipe.batch, "seed": seed, "progress": False}
    options = problem.options(recipe.view, early_stopping=False)
    fit(model, *problem.training(recipe.view), steps=first, lr=recipe.lr, **options, **how)
    second, pairs = model.eval().reflow(20_000, seed=seed)
    fit(second, pairs, steps=steps - first, lr=recipe.lr / 2, **how)
    return second
