# Đúng: tính cả hai hàm ở float32.
def dirac_step(theta, omega, h, gamma, alternating):
    theta, omega = torch.tensor(theta), torch.tensor(omega)
    push = theta * torch.sigmoid(omega * theta) + gamma * omega
    after = omega - ⟦critic_rate⟧ * h * push
    used = after if alternating else omega
    return torch.stack([theta + h * used * torch.sigmoid(-used * theta), after])


def spectral_radius(h, gamma, alternating):
    critic_turn = torch.tensor([[1.0, 0.0], [-⟦critic_rate⟧ * h / 2, 1 - ⟦critic_rate⟧ * h * gamma]])
    generator_turn = torch.tensor([[1.0, h / 2], [0.0, 1.0]])
    both = generator_turn @ critic_turn if alternating else critic_turn + generator_turn - torch.eye(2)
    return torch.linalg.eigvals(both).abs().max()
