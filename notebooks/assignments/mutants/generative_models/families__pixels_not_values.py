# Sai: mỗi điểm ảnh một lượt, quên rằng một điểm ảnh có ba giá trị màu.
D = ⟦height⟧ * ⟦width⟧
families = {
    "GMM": ("exact", 1),
    "GAN": ("none", 1),
    "VAE": ("bound", 1),
    "PixelCNN": ("exact", D),
    "RealNVP": ("exact", 1),
    "MAF": ("exact", D),
    "DDPM": ("bound", ⟦steps⟧),
}
