# Sai: lẫn tính mật độ của PixelCNN (một lượt) với lấy mẫu (từng điểm ảnh).
D = 3 * ⟦height⟧ * ⟦width⟧
families = {
    "GMM": ("exact", 1),
    "GAN": ("none", 1),
    "VAE": ("bound", 1),
    "PixelCNN": ("exact", 1),
    "RealNVP": ("exact", 1),
    "MAF": ("exact", D),
    "DDPM": ("bound", ⟦steps⟧),
}
