# Sai: đổi chỗ hai hệ số.
def question_0(x):
    return ⟦b0⟧ * x + ⟦a0⟧
