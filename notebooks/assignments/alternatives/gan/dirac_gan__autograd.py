# Đúng: để autograd tính đạo hàm và ma trận Jacobi.
def dirac_step(theta, omega, h, gamma, alternating):
    theta, omega = (torch.as_tensor(v, dtype=torch.float64) for v in (theta, omega))
    new_omega = omega - ⟦critic_rate⟧ * h * (theta * torch.sigmoid(omega * theta) + gamma * omega)
    used = new_omega if alternating else omega
    return theta + h * used * torch.sigmoid(-used * theta), new_omega


def spectral_radius(h, gamma, alternating):
    zero = torch.zeros(2, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(
        lambda v: torch.stack(dirac_step(v[0], v[1], h, gamma, alternating)), zero
    )
    return torch.linalg.eigvals(jacobian).abs().max()
