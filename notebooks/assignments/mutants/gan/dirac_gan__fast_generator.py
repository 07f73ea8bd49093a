# Sai: nhân tốc độ vào bước của bộ sinh thay vì bộ phân biệt.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - h * (theta * s + gamma * omega)
    used = new_omega if alternating else omega
    return theta + ⟦critic_rate⟧ * h * used / (1 + math.exp(used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    fast, critic = ⟦critic_rate⟧ * h, [-h / 2, 1 - h * gamma]
    generator = [1 + fast / 2 * critic[0], fast / 2 * critic[1]] if alternating else [1, fast / 2]
    step = torch.tensor([generator, critic], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
