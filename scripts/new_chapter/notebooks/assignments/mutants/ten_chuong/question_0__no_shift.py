# Sai: quên số hạng tự do.
def question_0(x):
    return ⟦a0⟧ * x
