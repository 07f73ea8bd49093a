# Đúng: qua E[x0|x] và E[ε|x].
def denoised(score, x, a, sigma):
    noise = -sigma * score
    return (x - sigma * noise) / a


def to_velocity(score, x, a, sigma, slope_a, slope_sigma):
    clean, noise = denoised(score, x, a, sigma), -sigma * score
    return -(slope_a * clean + slope_sigma * noise) / ⟦span⟧


def to_score(velocity, x, a, sigma, slope_a, slope_sigma):
    # Hai phương trình a·x0 + σ·ε = x, ȧ·x0 + σ̇·ε = -T·u, hai ẩn.
    system = torch.tensor([[a, sigma], [slope_a, slope_sigma]], dtype=x.dtype)
    right = torch.stack([x, -⟦span⟧ * velocity]).reshape(2, -1)
    noise = torch.linalg.solve(system, right)[1].reshape(x.shape)
    return -noise / sigma
