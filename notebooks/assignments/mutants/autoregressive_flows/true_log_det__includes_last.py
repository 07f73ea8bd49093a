# Sai: cộng cả z_D vào số mũ của α.
def coupled_log_det(z, alpha, beta):
    return alpha * ⟦z0⟧ + (alpha + beta) * z.sum(1) + (1 + beta * z).abs().log().sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
