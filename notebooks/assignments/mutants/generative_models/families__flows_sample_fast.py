# Sai: tưởng luồng nào cũng lấy mẫu trong một lượt, quên chiều tuần tự của MAF.
D = 3 * ⟦height⟧ * ⟦width⟧
families = {
    "GMM": ("exact", 1),
    "GAN": ("none", 1),
    "VAE": ("bound", 1),
    "PixelCNN": ("exact", D),
    "RealNVP": ("exact", 1),
    "MAF": ("exact", 1),
    "DDPM": ("bound", ⟦steps⟧),
}
