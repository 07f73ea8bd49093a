# Đúng: từng điểm một, bằng random và danh sách.
import random


def drop_labels(labels, p, null):
    empty = null.tolist() if isinstance(null, torch.Tensor) else null
    return [empty if random.random() < p else label for label in labels.tolist()]


def null_mixture(priors, rates):
    blank = ⟦blank⟧
    joint = [float(a) * blank + float(a) * (1 - blank) * float(b) for a, b in zip(priors, rates)]
    return [v / sum(joint) for v in joint]
