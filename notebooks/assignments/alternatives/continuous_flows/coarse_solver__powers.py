# Đúng: lũy thừa ma trận, khứ hồi là (I − B²/K²)^K; khối lượng qua trị riêng.
def reported_log_prob(x, B, K):
    B = ⟦coarse_end⟧ * B
    M = torch.linalg.matrix_power(torch.eye(len(B)).to(B) - B / K, K)
    z = torch.einsum("ij,nj->ni", M, x)
    return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1) - torch.trace(B)


def reported_mass(B, K):
    B = ⟦coarse_end⟧ * B
    values = torch.linalg.eigvals(B.double())
    return float(torch.exp(-values.sum().real) / (1 - values / K).abs().prod() ** K)


def round_trip(x, B, K):
    B = ⟦coarse_end⟧ * B
    M = torch.linalg.matrix_power(torch.eye(len(B)).to(B) - B @ B / K**2, K)
    return (M @ x.T).T
