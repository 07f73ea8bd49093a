# Sai: z_{l+1} lấy từ N(0, 1), không phải từ q.
def telescoped_terms(mean, cov, w, u):
    terms = []
    for i in range(len(mean) - 1):
        slope = cov[i, i + 1] / cov[i + 1, i + 1]
        variance = cov[i, i] - slope * cov[i, i + 1]
        square = (mean[i] - slope * mean[i + 1] - ⟦drift⟧) ** 2 + (slope - w[i]) ** 2
        terms.append(0.5 * (torch.log(u[i] / variance) + (variance + square) / u[i] - 1))
    top = cov[-1, -1]
    terms.append(0.5 * (top + mean[-1] ** 2 - 1 - torch.log(top)))
    return torch.stack(terms)
