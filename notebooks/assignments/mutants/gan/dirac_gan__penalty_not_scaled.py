# Sai: số hạng phạt không được nhân tốc độ của bộ phân biệt.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - ⟦critic_rate⟧ * h * theta * s - h * gamma * omega
    used = new_omega if alternating else omega
    return theta + h * used / (1 + math.exp(used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    critic = [-⟦critic_rate⟧ * h / 2, 1 - h * gamma]
    generator = [1 + h / 2 * critic[0], h / 2 * critic[1]] if alternating else [1, h / 2]
    step = torch.tensor([generator, critic], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
