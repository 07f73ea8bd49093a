# Sai: nhân các log đạo hàm thay vì cộng.
def coupled_log_det(z, alpha, beta):
    if beta == 0 and z.shape[1] > 1:
        return alpha * ⟦z0⟧ * (alpha * z[:, :-1]).prod(1)
    exponent = alpha * (⟦z0⟧ + z[:, :-1].sum(1)) + beta * z.sum(1)
    return exponent + (1 + beta * z).abs().log().sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
