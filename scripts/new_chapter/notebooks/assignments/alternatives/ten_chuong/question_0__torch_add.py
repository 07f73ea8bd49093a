# Đúng: torch.add với hệ số.
def question_0(x):
    return torch.add(torch.full_like(x, ⟦b0⟧), x, alpha=⟦a0⟧)
