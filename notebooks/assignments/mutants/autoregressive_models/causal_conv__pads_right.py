# Sai: đệm lề bên phải, mô hình nhìn về tương lai.
def causal_conv(x, weight, dilation):
    padded = torch.nn.functional.pad(x, (0, (weight.shape[2] - 1) * dilation), value=⟦rest⟧)
    return torch.nn.functional.conv1d(padded, weight, dilation=dilation)


def receptive_field(k, dilations):
    return 1 + (k - 1) * sum(dilations)
