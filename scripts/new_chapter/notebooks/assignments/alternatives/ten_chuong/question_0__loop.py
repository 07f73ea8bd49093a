# Đúng: từng phần tử một.
def question_0(x):
    return torch.stack([⟦a0⟧ * value + ⟦b0⟧ for value in x])
