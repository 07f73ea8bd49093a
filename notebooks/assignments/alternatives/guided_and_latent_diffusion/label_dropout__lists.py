# Đúng: từng hàng một, tỉ lệ cất trong tensor float32.
def drop_labels(labels, p, null):
    rows = labels.clone()
    rows[torch.empty(len(labels)).bernoulli_(p).bool()] = null
    return rows


def null_mixture(priors, rates):
    blank = ⟦blank⟧
    joint = [float(p) * (blank + (1 - blank) * float(r)) for p, r in zip(priors, rates)]
    return torch.tensor([v / sum(joint) for v in joint])
