# Sai: cộng hai xác suất mà không trừ phần chung.
def drop_labels(labels, p, null):
    """Nhãn của lô sau khi bỏ ngẫu nhiên."""
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    """Tỉ lệ các loại mà nhãn rỗng học."""
    joint = priors * (⟦blank⟧ + rates)  # P(loại c và không thấy nhãn)
    return joint / joint.sum()
