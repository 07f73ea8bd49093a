# Sai: quên số hạng phạt gradient.
def dirac_step(theta, omega, h, gamma, alternating):
    s = 1 / (1 + math.exp(-omega * theta))
    new_omega = omega - ⟦critic_rate⟧ * h * theta * s
    used = new_omega if alternating else omega
    return theta + h * used / (1 + math.exp(used * theta)), new_omega


def spectral_radius(h, gamma, alternating):
    return 1.0 if alternating else math.sqrt(1 + ⟦critic_rate⟧ * h * h / 4)
