# Đúng: đạo hàm theo hướng bằng vi phân tự động; phép chiếu viết bằng if, numpy.
def planar_log_det(x, u, w, b):
    a = (x * w).sum(-1) + torch.as_tensor(b).to(x)
    _, slope = torch.func.jvp(torch.tanh, (a,), (torch.ones_like(a),))
    return torch.log(torch.abs(⟦planar_step⟧ * slope * torch.dot(w, u) + 1))


def nearest_invertible(u, w):
    u, w = u.clone().numpy(), w.numpy()
    if u.dot(w) >= -1 / ⟦planar_step⟧:
        return u
    unit = w / math.sqrt(w.dot(w))
    return u - u.dot(unit) * unit - unit / math.sqrt(w.dot(w)) / ⟦planar_step⟧
