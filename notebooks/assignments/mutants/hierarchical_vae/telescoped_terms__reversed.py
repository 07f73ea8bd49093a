# Sai: KL(p || q) thay cho KL(q || p) ở các tầng giữa.
def telescoped_terms(mean, cov, w, u):
    terms = []
    for i in range(len(mean) - 1):
        slope = cov[i, i + 1] / cov[i + 1, i + 1]
        variance = cov[i, i] - slope * cov[i, i + 1]
        square = (mean[i] - w[i] * mean[i + 1] - ⟦drift⟧) ** 2
        square = square + (slope - w[i]) ** 2 * cov[i + 1, i + 1]
        terms.append(0.5 * (torch.log(variance / u[i]) + (u[i] + square) / variance - 1))
    top = cov[-1, -1]
    terms.append(0.5 * (top + mean[-1] ** 2 - 1 - torch.log(top)))
    return torch.stack(terms)
