"""Những con số cho trước trong lời: không đo, không tính, nên không có gì để tính lại."""

#: Số cho trước, mỗi trang (và sổ cùng tên) theo lý do. Không có gì để tính lại.
EXERCISE = "dữ liệu của đề bài hay của ví dụ"
SETTING = "thiết lập của phép đo, chọn trước khi đo"
PUBLISHED = "hằng số công bố"
GIVEN = {
    "autoregressive_flows": {EXERCISE: "0.4 1.5", SETTING: "0.05 256 0.01"},
    "autoregressive_models": {EXERCISE: "4.9 4.5 1.6 0.6", SETTING: "0.95 95 2000 0.1"},
    "change_of_variables": {EXERCISE: "0.001"},
    "common_mistakes": {EXERCISE: "0.9 0.041 1.96 4.303", "π gõ tay": "3.14159"},
    "continuous_flows": {EXERCISE: "3.2 2.1"},
    "coupling_flows": {EXERCISE: "0.001 0.3 8", SETTING: "0.5 100", "π gõ tay": "3.14159"},
    "diffusion": {PUBLISHED: "0.999 0.008 0.00085 0.012", SETTING: "0.035 0.125"},
    "elbo_and_vae": {SETTING: "0.3 0.1 0.03 0.8 0.25"},
    "ffjord": {EXERCISE: "0.8"},
    "flow_matching": {SETTING: "0.05"},
    "gan": {PUBLISHED: "0.999", SETTING: "0.2 0.01 0.9"},
    "generative_models": {SETTING: "2000 0.001 0.05 0.1 0.01 1.0"},
    "guided_and_latent_diffusion": {
        PUBLISHED: "0.18215",
        EXERCISE: "0.00635 1.5 0.5",
        SETTING: "0.05 0.55 1.1 0.9",
        "ảnh thật so với chính nó": "1.00",
    },
    "hierarchical_vae": {SETTING: "0.01"},
    "likelihood_and_information": {EXERCISE: "0.001 0.999", SETTING: "99 0.3 0.02 1.5"},
    "model_comparison": {
        EXERCISE: "0.041 0.052 0.048 0.10 0.11 0.12 0.13 0.16 0.19 0.81 0.90 0.95 1.02 0.79 12.5 "
        "0.060 0.066 0.070 0.074 0.085 2.10 2.05 2.30 1.90 1.5 0.1",
        SETTING: "95 5 0 0.2 0.03",
    },
    "residual_flows": {EXERCISE: "0.97", SETTING: "0.95 0.05 0.9"},
    "score_and_sde": {EXERCISE: "0.002", SETTING: "0.2 0.25 0.3"},
}
