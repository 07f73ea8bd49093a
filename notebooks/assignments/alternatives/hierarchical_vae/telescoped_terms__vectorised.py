# Đúng: không vòng lặp, đọc hai đường chéo của cov.
def telescoped_terms(mean, cov, w, u):
    var = torch.diagonal(cov)
    slope = torch.diagonal(cov, 1) / var[1:]
    rest = var[:-1] - slope**2 * var[1:]
    bias = mean[:-1] - torch.addcmul(torch.full_like(w, ⟦drift⟧), w, mean[1:])
    noise = torch.cat([u, var.new_ones(1)])
    spread = torch.cat([rest, var[-1:]])
    square = torch.cat([bias**2 + (slope - w) ** 2 * var[1:], mean[-1:] ** 2])
    return (torch.log(noise / spread) + (spread + square) / noise - 1) / 2
