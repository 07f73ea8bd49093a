# Đúng: đổi dãy thành một số trong hệ cơ số L.
def sequence_nll(x, tables):
    L = tables[0].shape[0]
    code = torch.zeros_like(x[:, 0])
    logs = []
    for i, table in enumerate(tables):
        code = code * L + x[:, i]
        logs.append((table.log() / ⟦temperature⟧).log_softmax(-1).flatten()[code])
    return -torch.stack(logs).sum(0)
