# Sai: luân phiên mà bộ sinh vẫn dùng ω cũ.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    return theta + h * omega * (1 - s), omega - ⟦critic_rate⟧ * h * (theta * s + gamma * omega)


def spectral_radius(h, gamma, alternating):
    fast = ⟦critic_rate⟧ * h
    step = torch.tensor([[1, h / 2], [-fast / 2, 1 - fast * gamma]], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
