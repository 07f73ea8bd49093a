# Sai: hạ nhiệt cả dãy, quên chuẩn hóa ở từng bước.
def sequence_nll(x, tables):
    total = 0.0
    for i, table in enumerate(tables):
        total = total - table[tuple(x[:, j] for j in range(i + 1))].log()
    return total / ⟦temperature⟧
