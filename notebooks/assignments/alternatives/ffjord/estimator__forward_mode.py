# Đúng: vi phân chiều xuôi torch.func.jvp: Jv rồi nhân v; numpy gieo vector dò.
import numpy as np

_stream = np.random.default_rng()


def divergence_estimate(field, t, x, kind):
    raw = field
    field = lambda t, x: raw(t / ⟦clock⟧, x) / ⟦clock⟧
    draw = _stream.choice([-1.0, 1.0], x.shape) if kind == "rademacher" else _stream.standard_normal(x.shape)
    v = torch.as_tensor(draw, dtype=x.dtype)
    u, push = torch.func.jvp(lambda y: field(t, y), (x,), (v,))
    estimate = (push * v).sum(dim=tuple(range(1, x.ndim)))
    if not torch.is_grad_enabled():
        u, estimate = u.detach(), estimate.detach()
    return u, estimate
