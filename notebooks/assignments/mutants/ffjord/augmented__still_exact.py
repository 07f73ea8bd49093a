# Sai: «hợp lý vẫn chính xác»: khoảng cách 0.
def gaussian_bound(a, b, c, tau):
    """(E log p(x), E ELBO, khoảng cách)."""
    left = b - c * c / a  # phương sai của e khi biết x
    likelihood = -0.5 * math.log(2 * math.pi * a) - 0.5
    # KL(q ‖ p(e | x)), trung bình theo x: E (c x / a)² = c² / a
    gap = 0.5 * ((tau**2 + c * c / a) / left - 1 + math.log(left / tau**2))
    return likelihood, likelihood, 0.0


def elbo_estimate(log_joint, x, k, m):
    """Ước lượng ELBO tại từng điểm, kích thước (n,)."""
    many = x.repeat_interleave(m, 0)
    e = ⟦noise⟧ * torch.randn(len(many), k, dtype=x.dtype)
    log_q = -0.5 * e.square().sum(1) / ⟦noise⟧**2 - 0.5 * k * math.log(2 * math.pi * ⟦noise⟧**2)
    return (log_joint(many, e) - log_q).reshape(len(x), m).mean(1)
