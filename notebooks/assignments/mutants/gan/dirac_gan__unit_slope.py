# Sai: quên σ(0) = 1/2 khi tuyến tính hóa.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - ⟦critic_rate⟧ * h * (theta * s + gamma * omega)
    used = new_omega if alternating else omega
    return theta + h * used / (1 + math.exp(used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    fast = ⟦critic_rate⟧ * h
    critic = [-fast, 1 - fast * gamma]
    generator = [1 + h * critic[0], h * critic[1]] if alternating else [1, h]
    step = torch.tensor([generator, critic], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
