# Sai: bộ sinh dùng mất mát bão hòa log(1 - D); gần cân bằng không thấy khác, ở xa thì khác.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - ⟦critic_rate⟧ * h * (theta * s + gamma * omega)
    used = new_omega if alternating else omega
    return theta + h * used / (1 + math.exp(-used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    fast = ⟦critic_rate⟧ * h
    critic = [-fast / 2, 1 - fast * gamma]
    generator = [1 + h / 2 * critic[0], h / 2 * critic[1]] if alternating else [1, h / 2]
    step = torch.tensor([generator, critic], dtype=torch.float64)
    return float(torch.linalg.eigvals(step).abs().max())
