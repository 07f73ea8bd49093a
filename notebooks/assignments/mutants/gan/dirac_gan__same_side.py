# Sai: bộ sinh đi cùng phía với bộ phân biệt nên trò chơi không còn quay.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - ⟦critic_rate⟧ * h * (theta * s + gamma * omega)
    used = new_omega if alternating else omega
    return theta - h * used / (1 + math.exp(used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    fast = ⟦critic_rate⟧ * h
    step = torch.tensor([[1, -h / 2], [-fast / 2, 1 - fast * gamma]], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
