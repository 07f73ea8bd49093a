# Đúng: trị riêng từ vết và định thức của ma trận 2 × 2.
def dirac_step(theta, omega, h, gamma, alternating):
    fooled = 1 / (1 + math.exp(-omega * theta))
    after = omega - ⟦critic_rate⟧ * h * theta * fooled - ⟦critic_rate⟧ * h * gamma * omega
    if alternating:
        omega = after
    return [theta + h * omega * (1 - 1 / (1 + math.exp(-omega * theta))), after]


def spectral_radius(h, gamma, alternating):
    fast = ⟦critic_rate⟧ * h
    trace, det = 2 - fast * gamma, 1 - fast * gamma + fast * h / 4
    if alternating:
        trace, det = 2 - fast * gamma - fast * h / 4, 1 - fast * gamma
    root = (complex(trace * trace - 4 * det)) ** 0.5
    return max(abs(trace + root), abs(trace - root)) / 2
