# Sai: lấy mẫu một nghìn vector dò.
def gaussian_factor(std, m):
    """E[p̂^β]/p^β khi trung bình m ước lượng có nhiễu Gauss."""
    std = ⟦beta⟧ * std
    return math.exp(std**2 / (2 * m))


def probes_for_factor(std, limit):
    """Số ước lượng để hệ số không quá limit."""
    std = ⟦beta⟧ * std
    return max(1, math.ceil(std**2 / (2 * math.log(limit))))


def sign_factor(J):
    """E[p̂^β]/p^β đúng với một vector dò Rademacher."""
    J = ⟦beta⟧ * J
    signs = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * len(J)).reshape(-1, len(J)).to(J)
    signs = (torch.randint(2, (1000, len(J))) * 2 - 1).to(J)
    noise = ((signs @ J) * signs).sum(1) - J.trace()
    return (-noise).exp().mean()
