# Đúng: từng dãy một, lần theo các bảng; mỗi bước so với giá trị dễ xảy ra nhất để không tràn số.
def sequence_nll(x, tables):
    results = []
    for row in x.tolist():
        nll = 0.0
        for i, table in enumerate(tables):
            for value in row[:i]:
                table = table[value]
            top = float(table.max())
            logs = [math.log(p / top) / ⟦temperature⟧ if p > 0 else -math.inf for p in table.tolist()]
            nll += math.log(sum(math.exp(value) for value in logs)) - logs[row[i]]
        results.append(nll)
    return torch.tensor(results, dtype=torch.float64)
