# Đúng: từng dãy một, lần theo các bảng.
def sequence_nll(x, tables):
    results = []
    for row in x.tolist():
        nll = 0.0
        for i, table in enumerate(tables):
            for value in row[: i + 1]:
                table = table[value]
            nll -= math.log(table) if table > 0 else -math.inf
        results.append(nll)
    return torch.tensor(results, dtype=torch.float64)
