# Đúng: số chép từ máy tính tay.
cost, entropy = 5.4189, 2.5176
