# Sai: giữ cố định số mũ khi lấy đạo hàm dù nó chứa z_i.
def coupled_log_det(z, alpha, beta):
    return alpha * (⟦z0⟧ + z[:, :-1].sum(1)) + beta * z.sum(1)


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
