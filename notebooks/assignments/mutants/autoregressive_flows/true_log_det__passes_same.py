# Sai: hai chiều đều một lượt.
def coupled_log_det(z, alpha, beta):
    exponent = alpha * (⟦z0⟧ + z[:, :-1].sum(1)) + beta * z.sum(1)
    return exponent + (1 + beta * z).abs().log().sum(1)


def passes(D, form, task):
    return 1
