# Sai: log định thức bằng 0 như bài tập về nhà.
def coupled_log_det(z, alpha, beta):
    return torch.zeros(len(z))


def passes(D, form, task):
    return 1 if (form == "IAF") == (task == "sample") else D
