# Sai: lẫn tính mật độ của PixelCNN (một lượt) với lấy mẫu (từng điểm ảnh).
families = {
    "GMM": ("exact", "one"),
    "GAN": ("none", "one"),
    "VAE": ("bound", "one"),
    "PixelCNN": ("exact", "one"),
    "RealNVP": ("exact", "one"),
    "MAF": ("exact", "many"),
    "DDPM": ("bound", "many"),
}
