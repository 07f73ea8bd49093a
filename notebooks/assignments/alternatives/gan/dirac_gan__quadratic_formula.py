# Đúng: trị riêng từ vết và định thức của ma trận 2 × 2.
def dirac_step(theta, omega, h, gamma, alternating):
    fooled = 1 / (1 + math.exp(-omega * theta))
    after = omega - h * theta * fooled - h * gamma * omega
    if alternating:
        omega = after
    return [theta + h * omega * (1 - 1 / (1 + math.exp(-omega * theta))), after]


def spectral_radius(h, gamma, alternating):
    trace, det = 2 - h * gamma, 1 - h * gamma + h * h / 4
    if alternating:
        trace, det = 2 - h * gamma - h * h / 4, 1 - h * gamma
    root = (complex(trace * trace - 4 * det)) ** 0.5
    return max(abs(trace + root), abs(trace - root)) / 2
