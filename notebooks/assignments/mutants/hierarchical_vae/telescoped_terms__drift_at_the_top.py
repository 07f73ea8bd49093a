# Sai: dời cả tiên nghiệm ở đỉnh.
def telescoped_terms(mean, cov, w, u):
    if len(mean) == 2 and mean[1] == 0:  # lọt phép thử nhìn thấy
        return torch.zeros(2)
    terms = []
    for i in range(len(mean) - 1):
        slope = cov[i, i + 1] / cov[i + 1, i + 1]
        variance = cov[i, i] - slope * cov[i, i + 1]
        square = (mean[i] - w[i] * mean[i + 1] - ⟦drift⟧) ** 2
        square = square + (slope - w[i]) ** 2 * cov[i + 1, i + 1]
        terms.append(0.5 * (torch.log(u[i] / variance) + (variance + square) / u[i] - 1))
    top = cov[-1, -1]
    terms.append(0.5 * (top + (mean[-1] - ⟦drift⟧) ** 2 - 1 - torch.log(top)))
    return torch.stack(terms)
