# Sai: dời thêm một bước, mẫu hiện tại bị bỏ.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    padded = torch.nn.functional.pad(x, (reach + 1, 0), value=⟦rest⟧)[:, :, :-1]
    return torch.nn.functional.conv1d(padded, weight, dilation=dilation)


def receptive_field(k, dilations):
    return 1 + (k - 1) * sum(dilations)
