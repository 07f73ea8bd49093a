# Sai: coi z₀ bằng 0.
def coupled_log_det(z, alpha, beta):
    exponent = alpha * z[:, :-1].sum(1) + beta * z.sum(1)
    return exponent + (1 + beta * z).abs().log().sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
