# Sai: xấp xỉ log(1 + βz) bằng βz.
def coupled_log_det(z, alpha, beta):
    return alpha * (⟦z0⟧ + z[:, :-1].sum(1)) + 2 * beta * z.sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
