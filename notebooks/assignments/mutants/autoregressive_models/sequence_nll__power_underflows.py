# Sai: nâng lên lũy thừa rồi mới lấy log, xác suất rất bé thành 0.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        heated = table ** (1 / ⟦temperature⟧)
        heated = heated / heated.sum(-1, keepdim=True)
        total = total - heated[tuple(x[:, j] for j in range(i + 1))].log()
    return total
