# Sai: quên giá trị tuyệt đối khi 1 + βz_i âm.
def coupled_log_det(z, alpha, beta):
    exponent = alpha * (⟦z0⟧ + z[:, :-1].sum(1)) + beta * z.sum(1)
    return exponent + (1 + beta * z).log().sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
