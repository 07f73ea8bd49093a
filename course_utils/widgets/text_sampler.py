"""Viết một đoạn văn từng chữ bằng một GPT tính ngay trong trang."""

import textwrap

import torch
import traitlets
from matplotlib.figure import Figure

from ..autoregressive import GPT, sampling_probabilities
from ..autoregressive.chain import check_sampling
from ..data.characters import Vocabulary
from ..errors import InputError
from .live_figure import LiveFigure, still_figure
from .sampling import pack_half, pack_layer, source, style


def export_gpt(model: GPT) -> dict:
    """GPT dưới dạng ghi được ra JSON; trọng số là số thực 16 bit."""
    if not isinstance(model, GPT):
        raise InputError(
            f"TextSampler nhận một GPT đã huấn luyện, ở đây là {type(model).__name__}."
        )
    return {
        "context": model.context,
        "levels": model.levels,
        "heads": model.blocks[0].attention.heads,
        "token": pack_half(model.token.weight),
        "position": pack_half(model.position.weight),
        "blocks": [
            {
                "norm1": pack_layer(block.norm1),
                "qkv": pack_layer(block.attention.qkv),
                "out": pack_layer(block.attention.out),
                "norm2": pack_layer(block.norm2),
                "up": pack_layer(block.mlp[0]),
                "down": pack_layer(block.mlp[2]),
            }
            for block in model.blocks
        ],
        "norm": pack_layer(model.norm),
        "head": pack_layer(model.head),
    }


class TextSampler(LiveFigure):
    """Câu văn dài ra từng chữ; nhiệt độ và top-p đổi phân phối của chữ kế ngay trước mắt.

    Sách: (eq-chain-rule), (eq-sampling-temperature), (eq-top-p)

    Tham số
    -------
    model, vocabulary : GPT đã huấn luyện và bảng chữ của nó
    prompt : lời mở đầu; người đọc sửa được
    temperature, top_p : lúc đầu
    seed : hạt giống của các số ngẫu nhiên
    text : phần đã viết sẵn sau lời mở đầu
    name : tên, để trang lý thuyết gọi lại: ```{live-figure} notebooks/<slug>.ipynb#<name>

    Trong sổ, Python đọc lại được `figure.text`, `figure.prompt`, `figure.temperature`.

        figure = TextSampler(model, vocabulary, prompt="Mô hình ", name="viet_tung_chu")
        figure                      # dòng cuối của ô

    Trọng số đi theo hình: width=64, 2 khối (125 nghìn tham số) là khoảng 330 kB.
    """

    _esm = source("text_sampler")
    _css = style()

    network = traitlets.Dict().tag(sync=True)
    symbols = traitlets.List().tag(sync=True)
    prompt = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    temperature = traitlets.Float(0.8).tag(sync=True)
    top_p = traitlets.Float(0.95).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        model: GPT,
        vocabulary: Vocabulary,
        prompt: str = "",
        temperature: float = 0.8,
        top_p: float = 0.95,
        seed: int = 0,
        text: str = "",
        **options,
    ):
        network = export_gpt(model)
        if len(vocabulary) != model.levels:
            raise InputError(
                f"Bảng chữ có {len(vocabulary)} ký tự mà mô hình có {model.levels} ký hiệu; hãy "
                f"đưa đúng bảng chữ đã dùng khi huấn luyện."
            )
        check_sampling(temperature, top_p)
        prompt, text = (vocabulary.decode(vocabulary.encode(part)) for part in (prompt, text))
        options.setdefault(
            "alt",
            "Hình tương tác: một mô hình ngôn ngữ nhỏ viết tiếp lời mở đầu từng chữ cái; bên cạnh "
            "là xác suất của chữ kế tiếp, thay đổi theo nhiệt độ và top-p.",
        )
        super().__init__(
            network=network,
            symbols=vocabulary.symbols,
            prompt=prompt,
            text=text,
            temperature=float(temperature),
            top_p=float(top_p),
            seed=seed,
            **options,
        )
        self._model, self._vocabulary = model, vocabulary

    @torch.no_grad()
    def still(self) -> Figure:
        model, vocabulary = self._model, self._vocabulary
        opening = vocabulary.encode(self.prompt + self.text)
        tokens = opening
        if not self.text:
            tokens = model.generate(opening, 150, self.temperature, self.top_p, seed=self.seed)
        window = tokens[-(model.context // 2) :].to(model.head.weight.device)
        logits = model.advance(model.with_start(window[None]))[0][0, -1].cpu()
        p = sampling_probabilities(logits, self.temperature, self.top_p)
        raw, best = logits.softmax(0).topk(min(10, len(p)))
        names = [{" ": "␣", "\n": "↵"}.get(s, s) for s in vocabulary.decode(best)]

        figure = still_figure(6.8, 3.0)
        left, right = figure.subplots(1, 2, width_ratios=[1.7, 1])
        left.axis("off")
        lines = [
            part
            for line in vocabulary.decode(tokens).splitlines()
            for part in textwrap.wrap(line, 46) or [""]
        ]
        left.text(0, 1, "\n".join(lines[-11:]), va="top", fontsize=10, parse_math=False)
        rows = range(len(names))
        right.barh(rows, p[best].numpy(), color="#b84a00", alpha=0.8)
        right.barh(rows, raw.numpy(), fill=False, edgecolor="#5a6472", linestyle="--")
        right.set_yticks(rows, names, parse_math=False)
        right.invert_yaxis()
        right.set(xlabel="xác suất của chữ kế")
        return figure
