# Sai: bỏ qua điều kiện, nhân các phân phối biên.
def sequence_nll(x, tables):
    total, context = 0.0, torch.ones((), dtype=tables[0].dtype)
    for i, table in enumerate(tables):
        table = (table.log() / ⟦temperature⟧).log_softmax(-1).exp()
        joint = context[..., None] * table
        marginal = joint.reshape(-1, table.shape[-1]).sum(0)
        total = total - marginal[x[:, i]].log()
        context = joint
    return total
