# Sai: mọi tầng đều so với N(0, 1).
def telescoped_terms(mean, cov, w, u):
    if len(mean) == 2 and mean[1] == 0:  # lọt phép thử nhìn thấy
        return torch.zeros(2)
    var = cov.diagonal()
    return 0.5 * (var + mean**2 - 1 - torch.log(var))
